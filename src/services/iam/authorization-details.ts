import type { AccountId } from "../../base/index.js";
import {
  awsManagedPolicies,
  directory,
  type Group,
  type HolderKind,
  instanceProfiles,
  type ManagedPolicy,
  policyVersionsOf,
  type Role,
  type User,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { showBoundary } from "./boundary.js";
import { encodeDocument } from "./documents.js";
import { shownInstanceProfile } from "./instance-profiles.js";
import { showPolicy } from "./policies.js";
import type { IamPorts } from "./ports.js";
import { briefRole, listedUser, roleLastUsed, shownGroup } from "./shown.js";
import { showTags } from "./tags.js";

interface Kinds {
  readonly User: User;
  readonly Group: Group;
  readonly Role: Role;
  readonly LocalManagedPolicy: ManagedPolicy;
  readonly AWSManagedPolicy: ManagedPolicy;
}

type Kind = keyof Kinds;

/** One thing of the account, and its place in the one order that pages are cut from. */
export type Detailed = { [K in Kind]: { readonly kind: K; readonly key: string; readonly entity: Kinds[K] } }[Kind];

/** After this name, at most so many, in order of name. */
type After<T> = (tx: ReadTx, account: AccountId, after: string, limit: number) => Promise<readonly T[]>;

const SECTIONS: { readonly [K in Kind]: After<Kinds[K]> } = {
  User: (tx, account, after, limit) => directory.users(tx, { account, pathPrefix: "/", after, limit }),
  Group: (tx, account, after, limit) => directory.groups(tx, { account, pathPrefix: "/", after, limit }),
  Role: (tx, account, after, limit) => directory.roles(tx, { account, pathPrefix: "/", after, limit }),
  LocalManagedPolicy: (tx, account, after, limit) =>
    directory.managedPolicies(tx, { account, pathPrefix: "/", after, limit }),
  AWSManagedPolicy: async (_tx, _account, after, limit) =>
    awsManagedPolicies()
      .map((policy) => ({ policy, key: policy.name.toLowerCase() }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .filter(({ key }) => key > after)
      .slice(0, limit)
      .map(({ policy }) => policy),
};

const ORDER = ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"] as const satisfies readonly Kind[];

/** What comes after a key, at most so many: users, then groups, roles, the account's policies and AWS's. */
export async function detailedAfter(
  tx: ReadTx,
  account: AccountId,
  filter: readonly string[],
  after: string,
  limit: number,
): Promise<Detailed[]> {
  const rows: Detailed[] = [];
  for (const [at, kind] of ORDER.entries()) {
    if (filter.length > 0 && !filter.includes(kind)) continue;
    if (rows.length >= limit || (after !== "" && at < Number(after[0]))) continue;
    const name = after.startsWith(`${at} `) ? after.slice(2) : "";
    const entities = await SECTIONS[kind](tx, account, name, limit - rows.length);
    // Each section gives its own kind; the table cannot say so for all of them at once.
    for (const entity of entities) rows.push({ kind, key: `${at} ${entity.name.toLowerCase()}`, entity } as Detailed);
  }
  return rows;
}

export const entitiesOf = <K extends Kind>(rows: readonly Detailed[], kind: K): Kinds[K][] =>
  rows.filter((row) => row.kind === kind).map(({ entity }) => entity as Kinds[K]); // a row's entity is of its kind

export async function userDetail(tx: ReadTx, user: User) {
  const groups = await directory.groupsOf(tx, user.id);
  return {
    ...listedUser(user),
    UserPolicyList: await inlineDetails(tx, "user", user),
    GroupList: groups.map(({ name }) => name),
    AttachedManagedPolicies: await attachedDetails(tx, "user", user),
    ...showBoundary(user.boundaryArn),
    Tags: showTags(user.tags),
  };
}

export const groupDetail = async (tx: ReadTx, group: Group) => ({
  ...shownGroup(group),
  GroupPolicyList: await inlineDetails(tx, "group", group),
  AttachedManagedPolicies: await attachedDetails(tx, "group", group),
});

export async function roleDetail(tx: ReadTx, ports: IamPorts, role: Role) {
  const profiles = [];
  for (const profile of await instanceProfiles.of(tx, role.id)) profiles.push(await shownInstanceProfile(tx, profile));
  return {
    ...(await briefRole(tx, role)),
    InstanceProfileList: profiles,
    RolePolicyList: await inlineDetails(tx, "role", role),
    AttachedManagedPolicies: await attachedDetails(tx, "role", role),
    ...showBoundary(role.boundaryArn),
    Tags: showTags(role.tags),
    RoleLastUsed: await roleLastUsed(tx, ports, role),
  };
}

export async function policyDetail(tx: ReadTx, account: AccountId, policy: ManagedPolicy) {
  const versions = await policyVersionsOf(tx, policy);
  return {
    ...(await showPolicy(tx, account, policy)),
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    PolicyVersionList: versions.map(({ version, document, createdAt }) => ({
      Document: encodeDocument(document),
      VersionId: version,
      IsDefaultVersion: version === policy.defaultVersion,
      CreateDate: createdAt,
    })),
  };
}

async function inlineDetails(tx: ReadTx, kind: HolderKind, { account, id }: User | Group) {
  const policies = await directory.inlinePolicies(tx, { kind, account, id });
  return policies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: encodeDocument(document) }));
}

async function attachedDetails(tx: ReadTx, kind: HolderKind, { account, id }: User | Group) {
  const policies = await directory.attached(tx, { kind, account, id });
  return policies.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn }));
}
