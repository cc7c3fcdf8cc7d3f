import { globOf } from "../../policy/index.js";

/** The services that are written here, by the namespace of their actions. */
export const SERVICE_NAMES: ReadonlyMap<string, string> = new Map([
  ["cloudtrail", "AWS CloudTrail"],
  ["iam", "AWS Identity and Access Management"],
  ["kms", "AWS Key Management Service"],
  ["organizations", "AWS Organizations"],
  ["s3", "Amazon S3"],
  ["sts", "AWS Security Token Service"],
]);

interface WrittenStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
}

/** Whether a policy allows any action of the service at all. What denies and what is conditional is not weighed, as by AWS. */
export function grantsService(text: string, namespace: string): boolean {
  const { Statement } = JSON.parse(text) as { Statement: WrittenStatement | readonly WrittenStatement[] }; // checked when stored
  return listOf(Statement).some(
    ({ Effect, Action, NotAction }) =>
      Effect === "Allow" &&
      (NotAction === undefined
        ? listOf(Action).some((pattern) => isOf(pattern, namespace))
        : !listOf(NotAction).some((pattern) => isOf(pattern, namespace) && /^\*$|:\*$/.test(pattern))),
  );
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]; // Array.isArray does not narrow readonly arrays

function isOf(pattern: string, namespace: string): boolean {
  const [service = "", ...rest] = pattern.toLowerCase().split(":");
  return rest.length === 0 ? service === "*" : globOf(service)(namespace);
}
