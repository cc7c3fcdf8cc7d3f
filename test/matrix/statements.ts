import type { AuthorityCase, ConditionCase, Identity, Layer } from "./cases.js";

/** The names that the fragments stand for: of the imagined world, or of the one that was really made. */
export interface Names {
  readonly account: string;
  readonly foreignAccount: string;
  /** The ARN that calls: user, session, federated user or account root. */
  readonly caller: string;
  /** Of a session: its role. */
  readonly role: string;
  /** A user who never calls. */
  readonly other: string;
  /** A user who makes grants and aliases, and who is never asked about. */
  readonly warden: string;
}

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: unknown;
}

const ENCRYPT = "kms:Encrypt";
const rootOf = (account: string) => `arn:aws:iam::${account}:root`;

const allow = (principal: unknown, action: string = "kms:*"): Statement => ({
  Effect: "Allow",
  Principal: principal,
  Action: action,
  Resource: "*",
});
const deny = (principal: unknown, action: string = ENCRYPT): Statement => ({
  Effect: "Deny",
  Principal: principal,
  Action: action,
  Resource: "*",
});

/** Statements of key policies. */
const KEY_POLICY = new Map<string, (names: Names) => Statement>([
  ["root", ({ account }) => allow({ AWS: rootOf(account) })],
  ["root-id", ({ account }) => allow({ AWS: account })],
  ["root-other-action", ({ account }) => allow({ AWS: rootOf(account) }, "kms:DescribeKey")],
  ["caller", ({ caller }) => allow({ AWS: caller })],
  ["role", ({ role }) => allow({ AWS: role })],
  ["other", ({ other }) => allow({ AWS: other })],
  ["everyone", () => allow("*")],
  ["foreign-root", ({ foreignAccount }) => allow({ AWS: rootOf(foreignAccount) })],
  ["foreign-id", ({ foreignAccount }) => allow({ AWS: foreignAccount })],
  ["deny-caller", ({ caller }) => deny({ AWS: caller })],
  ["deny-role", ({ role }) => deny({ AWS: role })],
  ["deny-everyone", () => deny("*")],
  ["deny-other", ({ other }) => deny({ AWS: other })],
  ["deny-other-action", ({ caller }) => deny({ AWS: caller }, "kms:Decrypt")],
]);

/** Someone must be able to make grants whatever the case's own statements say. */
const warden = ({ warden }: Names): Statement => ({
  Effect: "Allow",
  Principal: { AWS: warden },
  Action: ["kms:CreateGrant", "kms:CreateAlias"],
  Resource: "*",
});

export function keyPolicy(each: AuthorityCase, names: Names): readonly Statement[] {
  return [warden(names), ...(each.keyPolicy ?? []).map((name) => found(KEY_POLICY, name)(names))];
}

const ANY_ENCRYPT: Statement = { Effect: "Allow", Action: ENCRYPT, Resource: "*" };
const DENY_ENCRYPT: Statement = { Effect: "Deny", Action: ENCRYPT, Resource: "*" };

const IDENTITY: Readonly<Record<Identity, readonly Statement[]>> = {
  none: [],
  allow: [ANY_ENCRYPT],
  deny: [ANY_ENCRYPT, DENY_ENCRYPT],
  "other-action": [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }],
  "other-key": [
    { Effect: "Allow", Action: ENCRYPT, Resource: "arn:aws:kms:*:*:key/00000000-0000-4000-8000-000000000000" },
  ],
};

const LAYER: Readonly<Record<Layer, readonly Statement[]>> = {
  none: [],
  allow: [ANY_ENCRYPT],
  silent: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
  deny: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }, DENY_ENCRYPT],
};

export const identityStatements = (identity: Identity | undefined) => IDENTITY[identity ?? "none"];
export const layerStatements = (layer: Layer | undefined) => LAYER[layer ?? "none"];

/** What CreateGrant is asked for, and what the engine is shown. */
export interface GrantShape {
  readonly grantee: (names: Names) => string;
  readonly operation: string;
  readonly contextEquals?: Readonly<Record<string, string>>;
  readonly contextSubset?: Readonly<Record<string, string>>;
  readonly sourceArn?: string;
}

const toCaller = (constraints: Omit<GrantShape, "grantee" | "operation"> = {}): GrantShape => ({
  grantee: ({ caller }) => caller,
  operation: "Encrypt",
  ...constraints,
});
const BLUE = { team: "blue" };

const GRANTS: ReadonlyMap<string, GrantShape> = new Map<string, GrantShape>([
  ["to-caller", toCaller()],
  ["to-role", { grantee: ({ role }) => role, operation: "Encrypt" }],
  ["to-account", { grantee: ({ caller }) => rootOf(accountIn(caller)), operation: "Encrypt" }],
  ["to-other", { grantee: ({ other }) => other, operation: "Encrypt" }],
  ["other-operation", { grantee: ({ caller }) => caller, operation: "Decrypt" }],
  ["equals", toCaller({ contextEquals: BLUE })],
  ["equals-more-sent", toCaller({ contextEquals: BLUE })],
  ["subset", toCaller({ contextSubset: BLUE })],
  ["subset-missing", toCaller({ contextSubset: BLUE })],
  ["subset-wrong-value", toCaller({ contextSubset: BLUE })],
  ["source-arn", toCaller({ sourceArn: "arn:aws:s3:us-east-1:111122223333:some-bucket" })],
]);

export const grantShapes = (each: AuthorityCase): readonly GrantShape[] =>
  (each.grants ?? []).map((name) => found(GRANTS, name));

/** The two policies of a condition's case; the rest of the world lets the caller through or does not matter. */
export function conditionPolicies(each: ConditionCase, names: Names, alias: string) {
  const condition = JSON.parse(filled(JSON.stringify(each.condition), names, alias));
  const statement = { Effect: each.effect, Action: ENCRYPT, Resource: "*", Condition: condition };
  const inKeyPolicy = { ...statement, Principal: { AWS: names.caller } };
  const root = allow({ AWS: rootOf(names.account) });
  const isAllow = each.effect === "Allow";
  return each.in === "key policy"
    ? {
        key: isAllow ? [warden(names), inKeyPolicy] : [warden(names), root, inKeyPolicy],
        identity: isAllow ? [] : [ANY_ENCRYPT],
      }
    : { key: [warden(names), root], identity: isAllow ? [statement] : [ANY_ENCRYPT, statement] };
}

const filled = (text: string, names: Names, alias: string) =>
  Object.entries({ ...names, alias }).reduce((all, [name, value]) => all.replaceAll(`{${name}}`, value), text);

const accountIn = (arn: string) => arn.split(":")[4] ?? "";

function found<T>(of: ReadonlyMap<string, T>, name: string): T {
  const value = of.get(name);
  if (value === undefined) throw new Error(`no fragment ${name}`);
  return value;
}
