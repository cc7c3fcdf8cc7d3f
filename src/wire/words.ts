import { AwsError } from "../base/index.js";
import { type Fault, faultText } from "./constraints.js";

/** Says an invalid input in the words of one family of services. At least one fault is there. */
export type Words = (faults: readonly Fault[]) => AwsError;

/** The common framework reports every violation at once. */
const framework =
  (code: string): Words =>
  (faults) => {
    const count = `${faults.length} validation ${faults.length === 1 ? "error" : "errors"} detected`;
    return new AwsError(code, `${count}: ${faults.map(faultText).join("; ")}`, { status: 400 });
  };

/** The older services speak of the first one only. */
const firstOnly =
  (missingCode: string, invalidCode: string, nameOf: (member: string) => string): Words =>
  (faults) => {
    const missing = faults.find(({ kind }) => kind === "missing");
    if (missing) {
      const name = nameOf(missing.member);
      return new AwsError(missingCode, `The request must contain the parameter ${name}`, { status: 400 });
    }
    const [fault] = faults;
    return new AwsError(invalidCode, fault ? faultText(fault) : undefined, { status: 400 });
  };

/** Organizations says what kind of mistake it is, and not where. The first decides. */
const organizations: Words = ([fault]) => {
  const [, reason, message] = ORGANIZATIONS_REASONS.find(([text]) => text.test(fault?.text ?? "")) ?? [];
  const fields = { Reason: reason ?? "INVALID_LIST_MEMBER" };
  return new AwsError("InvalidInputException", message ?? "You specified an invalid value.", { status: 400, fields });
};

const ORGANIZATIONS_REASONS: readonly (readonly [RegExp, reason: string, message?: string])[] = [
  [/^Member must not be null/, "INPUT_REQUIRED", "You must provide a value for every required parameter."],
  [/^Member must satisfy enum/, "INVALID_ENUM"],
  [/regular expression/, "INVALID_PATTERN", "You provided a value that does not match the required pattern."],
  [/length less than/, "MAX_LENGTH_EXCEEDED", "You provided a value that is longer than allowed."],
  [/length greater than/, "MIN_LENGTH_EXCEEDED", "You provided a value that is shorter than allowed."],
  [/value less than/, "MAX_VALUE_EXCEEDED", "You provided a value that is larger than allowed."],
  [/value greater than/, "MIN_VALUE_EXCEEDED", "You provided a value that is smaller than allowed."],
];

const asIs = (member: string): string => member;

const WORDS: ReadonlyMap<string, Words> = new Map([
  ["iam", framework("ValidationError")],
  ["sts", framework("ValidationError")],
  ["rds", firstOnly("MissingParameter", "InvalidParameterValue", asIs)],
  ["redshift", firstOnly("MissingParameter", "InvalidParameterValue", asIs)],
  ["elasticache", firstOnly("MissingParameter", "InvalidParameterValue", asIs)],
  [
    "ec2",
    firstOnly("MissingParameter", "InvalidParameterValue", (name) => name.charAt(0).toLowerCase() + name.slice(1)),
  ],
  ["organizations", organizations],
  ["backup", firstOnly("MissingParameterValueException", "InvalidParameterValueException", asIs)],
  ["glacier", firstOnly("MissingParameterValueException", "InvalidParameterValueException", asIs)],
  ["efs", framework("BadRequest")],
  ["storagegateway", framework("InvalidGatewayRequestException")],
]);

const usual = framework("ValidationException");

export const wordsOf = (service: string): Words => WORDS.get(service) ?? usual;
