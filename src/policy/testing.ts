import { parsePolicy } from "./parse.js";
import type {
  Decision,
  DecisionInput,
  GrantView,
  NamedPolicy,
  PolicyKind,
  PrincipalView,
  ResourceSide,
} from "./types.js";

/** A policy of a case: statements, or a whole document where the version matters. */
type CasePolicy = object;

/** One line of the tables in `cases/`. What is left out has the plainest value. */
export interface Case {
  readonly name: string;
  /** The rule of the behaviour contract, or of IAM's documentation, that it shows. */
  readonly rule: string;
  readonly side?: ResourceSide["kind"];
  readonly caller?: string;
  /** Of the resource. */
  readonly policy?: CasePolicy;
  readonly identity?: CasePolicy;
  /** Short for an identity policy that allows everything under this condition. */
  readonly condition?: object;
  readonly boundary?: CasePolicy;
  readonly session?: CasePolicy;
  /** Of one level of the organization, or of several: a list of lists. */
  readonly serviceControl?: CasePolicy;
  readonly resourceControl?: CasePolicy;
  readonly grants?: readonly (Omit<GrantView, "operations"> & { readonly operations: readonly string[] })[];
  readonly context?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly resource?: string;
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  readonly expect: string;
}

export const CASE_ACCOUNT = "111122223333";
export const CASE_KEY = `arn:aws:kms:us-east-1:${CASE_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const user = (name: string, account: string, uniqueId: string): PrincipalView => ({
  kind: "user",
  arn: `arn:aws:iam::${account}:user/${name}`,
  account,
  uniqueId,
});

const session = (path: string, role: string, name: string, account: string, uniqueId: string): PrincipalView => ({
  kind: "assumed-role",
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  account,
  roleArn: `arn:aws:iam::${account}:role/${path}${role}`,
  uniqueId,
});

export const CALLERS: Readonly<Record<string, PrincipalView>> = {
  root: { kind: "root", arn: `arn:aws:iam::${CASE_ACCOUNT}:root`, account: CASE_ACCOUNT },
  alice: user("alice", CASE_ACCOUNT, "AIDAALICEALICEALICE1"),
  bert: user("bert", CASE_ACCOUNT, "AIDABERTBERTBERTBER1"),
  dev: session("team/", "dev", "laptop", CASE_ACCOUNT, "AROADEVDEVDEVDEVDEV1"),
  linked: session("aws-service-role/rds.amazonaws.com/", "R", "s", CASE_ACCOUNT, "AROALINKEDLINKEDLIN1"),
  carol: { kind: "federated-user", arn: `arn:aws:sts::${CASE_ACCOUNT}:federated-user/carol`, account: CASE_ACCOUNT },
  bob: user("bob", "444455556666", "AIDABOBBOBBOBBOBBOB1"),
  ops: session("", "ops", "s", "444455556666", "AROAOPSOPSOPSOPSOPS1"),
  "foreign-root": { kind: "root", arn: "arn:aws:iam::444455556666:root", account: "444455556666" },
  logs: { kind: "service", arn: "", account: "", service: "logs.us-east-1.amazonaws.com" },
  anonymous: { kind: "anonymous", arn: "", account: "" },
};

export function inputOf(each: Case): DecisionInput {
  const side = each.side ?? "none";
  const principal = CALLERS[each.caller ?? "alice"];
  if (principal === undefined) throw new Error(`no caller ${each.caller}`);
  const identity = each.condition
    ? [{ Effect: "Allow", Action: "*", Resource: "*", Condition: each.condition }]
    : each.identity;
  return {
    request: {
      action: each.action ?? "kms:Decrypt",
      resource: each.resource ?? (side === "key" ? CASE_KEY : "*"),
      principal,
      values: new Map(Object.entries(each.values ?? {})),
    },
    caller: {
      identity: identity === undefined ? [] : [named(identity, "identity")],
      ...(each.boundary && { boundary: named(each.boundary, "identity") }),
      ...(each.session && { session: [named(each.session, "session")] }),
      ...(each.serviceControl && { serviceControl: levelsOf(each.serviceControl) }),
    },
    resource: sideOf(each, side),
    ...(each.resourceControl && { resourceControl: [named(each.resourceControl, "resource")] }),
  };
}

function levelsOf(given: CasePolicy): NamedPolicy[][] {
  const levels: readonly CasePolicy[] = Array.isArray(given) && given.every(Array.isArray) ? given : [given];
  return levels.map((level) => [named(level, "service-control")]);
}

function sideOf(each: Case, kind: ResourceSide["kind"]): ResourceSide {
  const account = CASE_ACCOUNT;
  if (kind === "none") return { kind, account };
  if (kind === "resource")
    return each.policy === undefined ? { kind, account } : { kind, account, policy: named(each.policy, kind) };
  const policy = named(each.policy ?? [], kind);
  if (kind === "trust") return { kind, account, policy };
  const grants = (each.grants ?? []).map((grant) => ({ ...grant, operations: new Set(grant.operations) }));
  return { kind, account, policy, grants, ...(each.context && { encryptionContext: each.context }) };
}

function named(policy: CasePolicy, kind: PolicyKind): NamedPolicy {
  const isWhole = !Array.isArray(policy) && "Statement" in policy;
  const document = isWhole ? policy : { Version: "2012-10-17", Statement: policy };
  return { name: `${kind} policy`, policy: parsePolicy(JSON.stringify(document), kind) };
}

/** `allowed by grant`, `no session policy`, `explicit deny in identity-based policy`. */
export function verdictText(decision: Decision): string {
  if (decision.allowed) return `allowed by ${decision.by}`;
  return `${decision.explicit ? "explicit deny in" : "no"} ${decision.layer}`;
}
