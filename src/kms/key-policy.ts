import { type AccountId, AwsError, LIMITS, partitionOf, type Region } from "../base/index.js";
import { authorize, type CallContext, Denied, type PrincipalFate } from "../identity/index.js";
import { type NamedPolicy, parsePolicy, type RequestValues } from "../policy/index.js";
import { type KeyRef, keyArn } from "./key.js";

/**
 * Asks the directory for a user, role, session (its role is meant), federated user or account root by ARN.
 * `app/` builds it from `identity`.
 */
export type ResolvePrincipal = (arn: string) => Promise<PrincipalFate>;

/** A document that may be stored: its text, and the unique ids of the users and roles that it names (kms P-8). */
export interface CheckedPolicy {
  readonly text: string;
  readonly principals: Readonly<Record<string, string>>;
  readonly policy: NamedPolicy;
}

/** The policy of a key that was made without one (kms 5.6): the account may delegate as it likes. */
export function defaultPolicy(account: AccountId, region: Region): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}

const CHARACTERS = /^[\t\n\r\u0020-\u00FF]+$/;

/** Everything that a document is checked for when it is written, but the lockout (kms P-1 to P-9). */
export async function checkPolicy(text: string, resolve: ResolvePrincipal): Promise<CheckedPolicy> {
  if (Buffer.byteLength(text) > LIMITS.keyPolicyBytes) {
    throw new AwsError("LimitExceededException", `A key policy has at most ${LIMITS.keyPolicyBytes} bytes.`);
  }
  if (!CHARACTERS.test(text)) {
    throw new AwsError("ValidationException", "The policy contains characters that are not allowed.");
  }
  parseOrRefuse(text);
  const document: unknown = JSON.parse(text);
  refuseOverPermissive(document);
  const principals = await resolveAll(principalsOf(document), resolve);
  return { text, principals, policy: compile(text, principals) };
}

/** The stored text compiled, its principals bound to the very users and roles that were meant when it was written. */
export function compile(text: string, principals: Readonly<Record<string, string>>): NamedPolicy {
  return { name: "key policy", policy: parsePolicy(withPrincipals(text, principals), "key") };
}

/** The document with these principals in place of those: ARNs for unique ids, or unique ids for ARNs of the deleted. */
export function withPrincipals(text: string, replacements: Readonly<Record<string, string>>): string {
  if (Object.keys(replacements).length === 0) return text;
  const document: unknown = JSON.parse(text);
  for (const holder of principalHolders(document)) {
    holder["AWS"] = mapped(holder["AWS"], (name) => (Object.hasOwn(replacements, name) ? replacements[name] : name));
  }
  return JSON.stringify(document);
}

const mapped = (value: unknown, change: (name: string) => unknown): unknown =>
  Array.isArray(value) ? value.map((each) => change(String(each))) : change(String(value));

/** What GetKeyPolicy shows: as written, but a principal that was deleted since shows as its unique id (kms P-8). */
export async function shownPolicy(
  stored: { readonly policy: string; readonly principals: Readonly<Record<string, string>> },
  resolve: ResolvePrincipal,
): Promise<string> {
  const gone: Record<string, string> = {};
  for (const [arn, uniqueId] of Object.entries(stored.principals)) {
    const fate = await resolve(arn);
    if (fate.kind !== "found" || fate.uniqueId !== uniqueId) gone[arn] = uniqueId;
  }
  return withPrincipals(stored.policy, gone);
}

/**
 * The lockout check (kms P-10, P-11): may the one who writes this policy write the next one? The whole decision is
 * made, identity policies included, with the new policy in place of the old.
 */
export function refuseLockout(call: CallContext, ref: KeyRef, policy: NamedPolicy, values: RequestValues): void {
  try {
    const side = { kind: "key", account: ref.account, policy, grants: [] } as const;
    authorize(call, ref, [{ action: "kms:PutKeyPolicy", resource: keyArn(ref), side, values }]);
  } catch (thrown) {
    if (!(thrown instanceof Denied)) throw thrown;
    throw malformed("The new key policy will not allow you to update the key policy in the future.");
  }
}

function parseOrRefuse(text: string): void {
  try {
    parsePolicy(text, "key");
  } catch (thrown) {
    throw malformed(thrown instanceof Error ? thrown.message : "The policy is not valid.");
  }
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const statementsOf = (document: unknown): Json[] =>
  isObject(document) ? listOf(document["Statement"]).filter(isObject) : [];

/** Every `{"AWS": …}` of the document. */
function principalHolders(document: unknown): Record<string, unknown>[] {
  return statementsOf(document)
    .flatMap((statement) => [statement["Principal"], statement["NotPrincipal"]])
    .filter((holder): holder is Record<string, unknown> => isObject(holder) && holder["AWS"] !== undefined);
}

function principalsOf(document: unknown): string[] {
  const names = principalHolders(document).flatMap((holder) => listOf(holder["AWS"]).map(String));
  return [...new Set(names)].filter((name) => name !== "*" && !/^\d{12}$/.test(name));
}

async function resolveAll(names: readonly string[], resolve: ResolvePrincipal): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const fate = isUniqueId(name) ? { kind: "missing" as const } : await resolve(name);
    if (!isAcceptable(name, fate)) throw malformed("Policy contains a statement with one or more invalid principals.");
    // A session's ARN names one session of a role; it has no unique id of its own.
    if (fate.kind === "found" && fate.uniqueId !== undefined && name.includes(":iam:")) found[name] = fate.uniqueId;
  }
  return found;
}

const isUniqueId = (name: string) => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name);

/** In accounts that this house does not host only the account itself can be named (kms P-6). */
const isAcceptable = (name: string, fate: PrincipalFate) =>
  fate.kind === "found" || (fate.kind === "elsewhere" && /^arn:[^:]+:iam::\d{12}:root$/.test(name));

/** `ForAllValues` is true of an empty set, so these would allow calls that bring no context or tags (kms P-9). */
function refuseOverPermissive(document: unknown): void {
  for (const statement of statementsOf(document)) {
    for (const [operator, keys] of Object.entries(isObject(statement["Condition"]) ? statement["Condition"] : {})) {
      if (!/^ForAllValues:/i.test(operator) || !isObject(keys)) continue;
      if (Object.keys(keys).some((name) => /^(kms:EncryptionContext:|aws:RequestTag\/)/i.test(name))) {
        throw malformed("Policy contains a statement with an over-permissive condition.");
      }
    }
  }
}

const malformed = (message: string) => new AwsError("MalformedPolicyDocumentException", message);
