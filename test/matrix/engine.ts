import {
  type DecisionInput,
  decide,
  type GrantView,
  type NamedPolicy,
  type PolicyKind,
  type PrincipalView,
  parsePolicy,
} from "../../src/policy/index.js";
import type { AuthorityCase, CallerKind, ConditionCase } from "./cases.js";
import {
  conditionPolicies,
  grantShapes,
  identityStatements,
  keyPolicy,
  layerStatements,
  type Names,
  type Statement,
} from "./statements.js";

// The cases on the pure engine: an imagined world of two accounts, one key, and no server at all.

const ACCOUNT = "111122223333";
const FOREIGN = "444455556666";
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ALIAS = "alias/matrix";

const PRINCIPALS: Readonly<Record<CallerKind, PrincipalView>> = {
  root: { kind: "root", arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT },
  user: user("alice", ACCOUNT),
  "user-token": user("alice", ACCOUNT),
  role: session(ACCOUNT),
  federated: { kind: "federated-user", arn: `arn:aws:sts::${ACCOUNT}:federated-user/carol`, account: ACCOUNT },
  "foreign-root": { kind: "root", arn: `arn:aws:iam::${FOREIGN}:root`, account: FOREIGN },
  "foreign-user": user("bob", FOREIGN),
  "foreign-role": session(FOREIGN),
};

function user(name: string, account: string): PrincipalView {
  return { kind: "user", arn: `arn:aws:iam::${account}:user/${name}`, account, uniqueId: `AIDA${account}` };
}

function session(account: string): PrincipalView {
  const [arn, roleArn] = [`arn:aws:sts::${account}:assumed-role/dev/laptop`, `arn:aws:iam::${account}:role/dev`];
  return { kind: "assumed-role", arn, account, roleArn, uniqueId: `AROA${account}` };
}

const namesFor = (principal: PrincipalView): Names => ({
  account: ACCOUNT,
  foreignAccount: FOREIGN,
  caller: principal.arn,
  role: principal.roleArn ?? `arn:aws:iam::${ACCOUNT}:role/dev`,
  other: `arn:aws:iam::${ACCOUNT}:user/bert`,
  warden: `arn:aws:iam::${ACCOUNT}:user/warden`,
});

/** What kms 5.7 promises to a policy about a direct call of alice over plain HTTP from this machine. */
const VALUES: Readonly<Record<string, string | readonly string[]>> = {
  "aws:currenttime": "2026-01-01T00:00:00Z",
  "aws:epochtime": "1767225600",
  "aws:principalaccount": ACCOUNT,
  "aws:principalarn": `arn:aws:iam::${ACCOUNT}:user/alice`,
  "aws:principalisawsservice": "false",
  "aws:principaltag/dept": "science",
  "aws:principaltype": "User",
  "aws:requestedregion": "us-east-1",
  "aws:resourceaccount": ACCOUNT,
  "aws:resourcetag/team": "blue",
  "aws:securetransport": "false",
  "aws:sourceip": "127.0.0.1",
  "aws:useragent": "some client",
  "aws:username": "alice",
  "aws:viaawsservice": "false",
  "kms:calleraccount": ACCOUNT,
  "kms:customermasterkeyspec": "SYMMETRIC_DEFAULT",
  "kms:customermasterkeyusage": "ENCRYPT_DECRYPT",
  "kms:encryptionalgorithm": "SYMMETRIC_DEFAULT",
  "kms:keyorigin": "AWS_KMS",
  "kms:keyspec": "SYMMETRIC_DEFAULT",
  "kms:keyusage": "ENCRYPT_DECRYPT",
  "kms:multiregion": "false",
};

type Context = Readonly<Record<string, string>>;

const contextValues = (context: Context = {}): [string, string | readonly string[]][] =>
  Object.keys(context).length === 0
    ? []
    : [
        ["kms:encryptioncontextkeys", Object.keys(context)],
        ...Object.entries(context).map(([key, value]): [string, string] => [`kms:encryptioncontext:${key}`, value]),
      ];

const named = (kind: PolicyKind, statements: readonly Statement[]): NamedPolicy => ({
  name: `${kind} policy`,
  policy: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), kind),
});

export function authorityVerdict(each: AuthorityCase): string {
  const principal = PRINCIPALS[each.caller];
  const names = namesFor(principal);
  const identity = identityStatements(each.identity);
  return verdict({
    request: { action: "kms:Encrypt", resource: KEY, principal, values: new Map(contextValues(each.context)) },
    caller: {
      identity: identity.length === 0 ? [] : [named("identity", identity)],
      ...(each.boundary && { boundary: named("identity", layerStatements(each.boundary)) }),
      ...(each.session && { session: [named("session", layerStatements(each.session))] }),
    },
    resource: {
      kind: "key",
      account: ACCOUNT,
      policy: named("key", keyPolicy(each, names)),
      grants: grantShapes(each).map(
        ({ grantee, operation, ...constraints }, index): GrantView => ({
          id: `grant ${index}`,
          grantee: grantee(names),
          operations: new Set([operation]),
          ...constraints,
        }),
      ),
      ...(each.context && { encryptionContext: each.context }),
    },
  });
}

export function conditionVerdict(each: ConditionCase): string {
  const principal = PRINCIPALS.user;
  const policies = conditionPolicies(each, namesFor(principal), ALIAS);
  const values = new Map([...Object.entries(VALUES), ...contextValues(each.context)]);
  values.set("kms:resourcealiases", [ALIAS]);
  if (each.by !== undefined) values.set("kms:requestalias", ALIAS);
  return verdict({
    request: { action: "kms:Encrypt", resource: KEY, principal, values },
    caller: { identity: policies.identity.length === 0 ? [] : [named("identity", policies.identity)] },
    resource: { kind: "key", account: ACCOUNT, policy: named("key", policies.key), grants: [] },
  });
}

function verdict(input: DecisionInput): string {
  const decision = decide(input);
  if (decision.allowed) return `allowed by ${decision.by}`;
  return `${decision.explicit ? "explicit deny in" : "no"} ${decision.layer}`;
}
