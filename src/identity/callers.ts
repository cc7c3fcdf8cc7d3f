import { type AccountId, globalArn, isoSeconds } from "../base/index.js";
import type { NamedPolicy, PrincipalPolicies } from "../policy/index.js";
import type { ReadTx } from "../store/index.js";
import type { Caller } from "./call.js";
import { allowsNothing, named } from "./compiled.js";
import type { Holder, Role, Tag, User } from "./directory.js";
import { directory } from "./directory-store.js";
import { findDefaultDocument } from "./managed-policies.js";
import { samlSubjectValues } from "./saml/providers.js";
import type { SessionClaims } from "./session-token.js";

/** An account's root. No policy limits it on operations without a key (kms D2). */
export function rootCaller(account: AccountId, accessKeyId: string, session?: SessionClaims): Caller {
  const arn = globalArn("iam", account, "root");
  return {
    principal: { kind: "root", arn, account },
    account,
    accessKeyId,
    policies: { identity: [] },
    values: valuesOf({ arn, account, type: "Account", userId: account, tags: [], session }),
    userIdentity: Object.freeze({
      type: "Root",
      principalId: account,
      arn,
      accountId: account,
      accessKeyId,
      ...sessionContext(session),
    }),
    displayName: "root",
    userId: account,
    ...sessionOf(session),
  };
}

export async function userCaller(
  tx: ReadTx,
  user: User,
  accessKeyId: string,
  session?: SessionClaims,
): Promise<Caller> {
  const { account, arn, id, name } = user;
  return {
    principal: { kind: "user", arn, account, uniqueId: id },
    account,
    accessKeyId,
    policies: await userPolicies(tx, user),
    values: valuesOf({ arn, account, type: "User", userId: id, username: name, tags: user.tags, session }),
    userIdentity: Object.freeze({
      type: "IAMUser",
      principalId: id,
      arn,
      accountId: account,
      accessKeyId,
      userName: name,
      ...sessionContext(session),
    }),
    displayName: name,
    userId: id,
    ...sessionOf(session),
  };
}

/** A session of a role: the role's policies and boundary as they are now, below them the session's own. */
export async function roleCaller(
  tx: ReadTx,
  role: Role,
  sessionName: string,
  accessKeyId: string,
  session: SessionClaims,
): Promise<Caller> {
  const { account } = role;
  const arn = globalArn("sts", account, `assumed-role/${role.name}/${sessionName}`);
  const userId = `${role.id}:${sessionName}`;
  const issuer = { type: "Role", principalId: role.id, arn: role.arn, accountId: account, userName: role.name };
  const tags = mergedTags(role.tags, session.scope.tags);
  return {
    principal: { kind: "assumed-role", arn, account, roleArn: role.arn, uniqueId: role.id },
    account,
    accessKeyId,
    policies: { ...(await holderPolicies(tx, "role", role)), ...(await sessionPolicies(tx, session)) },
    values: valuesOf({ arn: role.arn, account, type: "AssumedRole", userId, tags, session }),
    userIdentity: Object.freeze({
      type: "AssumedRole",
      principalId: userId,
      arn,
      accountId: account,
      accessKeyId,
      ...sessionContext(session, issuer),
    }),
    displayName: sessionName,
    userId,
    ...sessionOf(session),
  };
}

/** A federated user: what its session policies allow of what the user may who vouched for it (kms A-6). */
export async function federatedCaller(
  tx: ReadTx,
  user: User,
  federatedName: string,
  accessKeyId: string,
  session: SessionClaims,
): Promise<Caller> {
  const { account } = user;
  const arn = globalArn("sts", account, `federated-user/${federatedName}`);
  const userId = `${account}:${federatedName}`;
  const issuer = { type: "IAMUser", principalId: user.id, arn: user.arn, accountId: account, userName: user.name };
  const { session: limits = [allowsNothing("no session policy", "session")] } = await sessionPolicies(tx, session);
  return {
    principal: { kind: "federated-user", arn, account },
    account,
    accessKeyId,
    policies: { ...(await userPolicies(tx, user)), session: limits },
    values: valuesOf({ arn, account, type: "FederatedUser", userId, tags: session.scope.tags, session }),
    userIdentity: Object.freeze({
      type: "FederatedUser",
      principalId: userId,
      arn,
      accountId: account,
      accessKeyId,
      ...sessionContext(session, issuer),
    }),
    displayName: federatedName,
    userId,
    ...sessionOf(session),
  };
}

async function userPolicies(tx: ReadTx, user: User): Promise<PrincipalPolicies> {
  const own = await holderPolicies(tx, "user", user);
  const groups = await directory.groupsOf(tx, user.id);
  const ofGroups: NamedPolicy[] = [];
  for (const { account, id, name } of groups)
    ofGroups.push(...(await hanging(tx, { kind: "group", account, id }, name)));
  return { ...own, identity: [...own.identity, ...ofGroups] };
}

async function holderPolicies(tx: ReadTx, kind: "user" | "role", holder: User): Promise<PrincipalPolicies> {
  const { account, id, boundaryArn } = holder;
  const identity = await hanging(tx, { kind, account, id }, holder.name);
  if (boundaryArn === undefined) return { identity };
  return { identity, boundary: await limitOf(tx, boundaryArn, "identity") };
}

/** The inline and attached policies of a user, role or group. */
async function hanging(tx: ReadTx, holder: Holder, holderName: string): Promise<NamedPolicy[]> {
  const policies: NamedPolicy[] = [];
  for (const { name, document } of await directory.inlinePolicies(tx, holder)) {
    policies.push(named(`inline policy ${name} of ${holder.kind} ${holderName}`, "identity", document));
  }
  for (const { arn } of await directory.attached(tx, holder)) {
    const document = await findDefaultDocument(tx, arn);
    if (document !== undefined) policies.push(named(arn, "identity", document));
  }
  return policies;
}

async function sessionPolicies(tx: ReadTx, { scope }: SessionClaims): Promise<{ session?: NamedPolicy[] }> {
  const session = scope.policies.map((text) => named("session policy", "session", text));
  for (const arn of scope.policyArns) session.push(await limitOf(tx, arn, "session"));
  return session.length === 0 ? {} : { session };
}

async function limitOf(tx: ReadTx, arn: string, kind: "identity" | "session"): Promise<NamedPolicy> {
  const document = await findDefaultDocument(tx, arn);
  return document === undefined ? allowsNothing(arn, kind) : named(arn, kind, document);
}

/** Session tags go before the role's own; keys differ by more than case. */
function mergedTags(own: readonly Tag[], session: readonly Tag[]): Tag[] {
  const merged = new Map(own.map((tag) => [tag.key.toLowerCase(), tag]));
  for (const tag of session) merged.set(tag.key.toLowerCase(), tag);
  return [...merged.values()];
}

interface ValueParts {
  readonly arn: string;
  readonly account: AccountId;
  readonly type: string;
  readonly userId: string;
  readonly username?: string;
  readonly tags: readonly Tag[];
  readonly session: SessionClaims | undefined;
}

function valuesOf({ arn, account, type, userId, username, tags, session }: ValueParts): ReadonlyMap<string, string> {
  const values = new Map<string, string>([
    ["aws:principalarn", arn],
    ["aws:principalaccount", account],
    ["aws:principaltype", type],
    ["aws:userid", userId],
    ["aws:principalisawsservice", "false"],
  ]);
  if (username !== undefined) values.set("aws:username", username);
  for (const tag of tags) values.set(`aws:principaltag/${tag.key.toLowerCase()}`, tag.value);
  if (session === undefined) return values;
  values.set("aws:tokenissuetime", isoSeconds(new Date(session.issuedMs)));
  values.set("aws:multifactorauthpresent", String(session.mfaMs !== undefined)); // absent for lasting keys, as on AWS
  if (session.sourceIdentity !== undefined) values.set("aws:sourceidentity", session.sourceIdentity);
  if (session.federatedProvider !== undefined) values.set("aws:federatedprovider", session.federatedProvider);
  for (const [key, value] of session.samlSubject === undefined ? [] : samlSubjectValues(session.samlSubject))
    values.set(key, value);
  return values;
}

/** CloudTrail's sessionContext (kms 13.2). */
function sessionContext(session: SessionClaims | undefined, sessionIssuer?: Readonly<Record<string, string>>) {
  if (session === undefined) return {};
  const { issuedMs, sourceIdentity, federatedProvider, samlSubject } = session;
  const isOfWeb = federatedProvider !== undefined && samlSubject === undefined;
  const attributes = {
    creationDate: isoSeconds(new Date(issuedMs)),
    mfaAuthenticated: String(session.mfaMs !== undefined),
  };
  return {
    sessionContext: {
      ...(sessionIssuer === undefined ? {} : { sessionIssuer }),
      ...(isOfWeb ? { webIdFederationData: { federatedProvider, attributes: {} } } : {}),
      attributes,
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
}

function sessionOf(session: SessionClaims | undefined): Pick<Caller, "session"> {
  if (session === undefined) return {};
  const { issuedMs, expiresMs, chained, sourceIdentity, mfaMs, scope } = session;
  const transitive = new Set(scope.transitiveKeys.map((key) => key.toLowerCase()));
  return {
    session: {
      issuedAt: new Date(issuedMs),
      expiresAt: new Date(expiresMs),
      chained,
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...(mfaMs === undefined ? {} : { mfaAt: new Date(mfaMs) }),
      transitiveTags: scope.tags.filter((tag) => transitive.has(tag.key.toLowerCase())),
    },
  };
}
