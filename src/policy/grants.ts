import type { Trace } from "./trace.js";
import type { GrantView, PolicyRequest, PrincipalView, ResourceSide } from "./types.js";

type KeySide = Extract<ResourceSide, { kind: "key" }>;
type Context = Readonly<Record<string, string>>;

/**
 * What else must agree before a grant counts (kms G-12): nothing for a user, session or service; boundary and
 * session policy for a role; the caller's own policies too for a whole account.
 */
export type GranteeKind = "alone" | "role" | "account";

/** The first grant that matches and whose kind `suffices` (kms 6.2). Grants never deny. */
export function findGrant(
  side: KeySide,
  request: PolicyRequest,
  suffices: (kind: GranteeKind) => boolean,
  trace?: Trace,
): GrantView | undefined {
  if (!request.action.startsWith("kms:")) return undefined;
  const operation = request.action.slice(4);
  for (const grant of side.grants) {
    const problem = problemOf(grant, side, request, operation, suffices);
    trace?.grant(grant, problem ?? "allows");
    if (problem === undefined) return grant;
  }
  return undefined;
}

function problemOf(
  grant: GrantView,
  side: KeySide,
  request: PolicyRequest,
  operation: string,
  suffices: (kind: GranteeKind) => boolean,
): string | undefined {
  const kind = granteeKind(grant.grantee, request.principal);
  if (kind === undefined) return "another grantee";
  if (!grant.operations.has(operation)) return "another operation";
  if (!isSourceMet(grant, request, operation)) return "its source ARN is not the request's";
  if (!isContextMet(grant, side.encryptionContext ?? {}, operation))
    return "its encryption context is not the request's";
  return suffices(kind) ? undefined : `the caller's own policies do not agree to a grant to its ${kind}`;
}

function granteeKind(grantee: string, principal: PrincipalView): GranteeKind | undefined {
  const { kind, arn, account, roleArn, uniqueId, service } = principal;
  if (kind === "anonymous") return undefined;
  if (kind === "service") return grantee === service ? "alone" : undefined;
  if (grantee === arn || (kind === "user" && grantee === uniqueId)) return "alone";
  if (roleArn !== undefined && (grantee === roleArn || grantee === uniqueId)) return "role";
  return isRootOf(grantee, account) ? "account" : undefined;
}

const isRootOf = (grantee: string, account: string) =>
  grantee.startsWith("arn:") && grantee.endsWith(`:iam::${account}:root`);

/** Only a service can bring a source ARN; not asked of RetireGrant (kms G-7). */
function isSourceMet({ sourceArn }: GrantView, { values }: PolicyRequest, operation: string): boolean {
  if (sourceArn === undefined || operation === "RetireGrant") return true;
  return values.get("aws:sourcearn") === sourceArn;
}

/**
 * DescribeKey and RetireGrant have no encryption context (kms G-6). CreateGrant has none either: its constraints are
 * held against the parent's by whoever makes the child (kms G-14).
 */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(["DescribeKey", "RetireGrant", "CreateGrant"]);

function isContextMet({ contextEquals, contextSubset }: GrantView, context: Context, operation: string): boolean {
  if (WITHOUT_CONTEXT.has(operation)) return true;
  if (contextEquals !== undefined && !isSame(contextEquals, context)) return false;
  return contextSubset === undefined || contains(context, contextSubset);
}

/** Both ways: keys that differ by case alone would make two maps of one size look alike. */
const isSame = (a: Context, b: Context) => contains(a, b) && contains(b, a);

/** Keys without regard to case, values with (kms 15-7). */
function contains(context: Context, wanted: Context): boolean {
  const pairs = Object.entries(context).map(([key, value]) => pairText(key, value));
  return Object.entries(wanted).every(([key, value]) => pairs.includes(pairText(key, value)));
}

const pairText = (key: string, value: string) => JSON.stringify([key.toLowerCase(), value]);
