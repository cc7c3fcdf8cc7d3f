import { AwsError, parseBase64 } from "../../base/index.js";
import { accessErrors } from "./access-errors.js";

/** A form's policy: until when, and what its fields must be (S3's "Creating a POST Policy"). */
interface PostPolicy {
  readonly expiresMs: number;
  readonly conditions: readonly PostCondition[];
}

type PostCondition =
  | { readonly kind: "eq" | "starts-with"; readonly field: string; readonly value: string; readonly text: string }
  | { readonly kind: "range"; readonly least: number; readonly most: number; readonly text: string };

/** Of the file. */
export interface ByteRange {
  readonly least: number;
  readonly most: number;
}

/** Never need to be in the policy: the proof itself, the file, and what the form says to itself. */
const FREE = /^(?:x-amz-signature|signature|awsaccesskeyid|policy|file|submit|x-ignore-.*)$/;

/**
 * Holds a form against the policy that was signed with it: every field must be allowed by a condition, and every
 * condition must hold. Returns the sizes that the file may have.
 */
export function checkPostPolicy(
  fields: ReadonlyMap<string, string>,
  given: { readonly bucket: string; readonly key: string; readonly nowMs: number },
): ByteRange {
  const policy = parsePolicy(fields.get("policy") ?? "");
  if (policy.expiresMs <= given.nowMs) throw against("Policy expired.");
  const values = new Map([...fields, ["bucket", given.bucket], ["key", given.key]]);
  const named = new Set(policy.conditions.flatMap((one) => (one.kind === "range" ? [] : [one.field])));
  const ranges: ByteRange[] = [];
  for (const condition of policy.conditions) {
    if (condition.kind === "range") ranges.push(rangeOf(condition));
    else if (!holds(condition, values.get(condition.field))) throw failed(condition.text);
  }
  const extra = [...fields.keys()].filter((name) => !FREE.test(name) && !named.has(name));
  if (extra.length > 0) throw against(`Extra input fields: ${extra.join(", ")}`);
  return {
    least: Math.max(0, ...ranges.map(({ least }) => least)),
    most: Math.min(Number.MAX_SAFE_INTEGER, ...ranges.map(({ most }) => most)),
  };
}

function rangeOf({ least, most, text }: Extract<PostCondition, { kind: "range" }>): ByteRange {
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) throw failed(text);
  return { least, most };
}

/** A content type may be a list, of which each member has to begin so. A field that is not there is empty. */
function holds({ kind, field, value }: Extract<PostCondition, { field: string }>, given = ""): boolean {
  if (kind === "eq") return given === value;
  const parts = field === "content-type" ? given.split(",").map((part) => part.trim()) : [given];
  return parts.every((part) => part.startsWith(value));
}

const against = (why: string): AwsError => accessErrors.denied(`Invalid according to Policy: ${why}`);
const failed = (text: string): AwsError => against(`Policy Condition failed: ${text}`);
const invalid = (why: string): AwsError =>
  new AwsError("InvalidPolicyDocument", `Invalid Policy: ${why}`, { status: 400 });

function parsePolicy(base64: string): PostPolicy {
  const document = parseDocument(base64);
  const { expiration, conditions, ...others } = document;
  const [odd] = Object.keys(others);
  if (odd !== undefined) throw invalid(`Unexpected: '${odd}'.`);
  if (expiration === undefined) throw invalid("Policy missing expiration.");
  if (conditions === undefined) throw invalid("Policy missing conditions.");
  const isTime = typeof expiration === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(expiration);
  const expiresMs = isTime ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(expiresMs)) throw invalid(`Invalid 'expiration' value: '${String(expiration)}'`);
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  return { expiresMs, conditions: conditions.flatMap(parseCondition) };
}

function parseDocument(base64: string): Record<string, unknown> {
  const bytes = parseBase64(base64.replace(/\s/g, ""));
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes ?? []).toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>; // just looked
  } catch {
    // Not JSON: the same answer as JSON of another kind.
  }
  throw invalid("Invalid JSON.");
}

function parseCondition(condition: unknown): PostCondition[] {
  if (Array.isArray(condition)) return [parseListed(condition)];
  if (typeof condition !== "object" || condition === null) throw invalid("Conditions must be an Object or a List.");
  const entries = Object.entries(condition);
  const [first, second] = entries;
  if (!first || second)
    throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  const [name, value] = first;
  if (typeof value !== "string") throw invalid("Invalid Simple-Condition: value must be a string.");
  return [{ kind: "eq", field: name.toLowerCase(), value, text: textOf(["eq", `$${name}`, value]) }];
}

function parseListed(condition: readonly unknown[]): PostCondition {
  const [operation, name, value] = condition;
  const kind = String(operation).toLowerCase();
  if (condition.length !== 3) throw invalid(`Invalid ${String(operation)}: expected three elements.`);
  const text = textOf(condition);
  if (kind === "content-length-range") return { kind: "range", least: bytesOf(name), most: bytesOf(value), text };
  if (kind !== "eq" && kind !== "starts-with")
    throw invalid(`Invalid Condition: unknown operation '${String(operation)}'.`);
  if (typeof name !== "string" || !name.startsWith("$") || typeof value !== "string")
    throw invalid(`Invalid ${kind}: expected a field's name with a '$' and a text.`);
  return { kind, field: name.slice(1).toLowerCase(), value, text };
}

const bytesOf = (value: unknown): number =>
  typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value)) ? Number(value) : Number.NaN;

/** As S3 shows a condition: every element as a text, a blank behind each comma. */
const textOf = (condition: readonly unknown[]): string =>
  `[${condition.map((element) => JSON.stringify(String(element))).join(", ")}]`;
