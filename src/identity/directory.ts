import type { AccountId } from "../base/index.js";
import type { ReadTx, WriteTx } from "../store/index.js";

/** An IAM user, role, group or managed policy as stored. Times are Dates; documents are the text as written. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly alias?: string;
  /** Of accounts that an organization made: no two have the same. */
  readonly email?: string;
  readonly createdAt: Date;
  /** Nobody signs for a closed account any more. */
  readonly closedAt?: Date;
}

export interface AccessKey {
  readonly id: string;
  readonly account: AccountId;
  /** Absent for the account's root. */
  readonly userId?: string;
  readonly secret: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: Date;
}

export interface User {
  readonly account: AccountId;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly tags: readonly Tag[];
  readonly boundaryArn?: string;
}

export interface Role extends User {
  /** As written. What it means is bound to the unique ids in `trustPrincipals` (kms P-8 holds for roles too). */
  readonly trustPolicy: string;
  /** The users and roles that the trust policy names: ARN as written → unique id. */
  readonly trustPrincipals: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly maxSessionSeconds: number;
}

export interface Group {
  readonly account: AccountId;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAt: Date;
}

export interface ManagedPolicy {
  readonly account: AccountId;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly description?: string;
  readonly defaultVersion: string;
  /** How many versions were ever made: a number is never given twice. */
  readonly versionsMade: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: readonly Tag[];
}

export interface PolicyVersion {
  readonly policyId: string;
  /** `v1`, `v2` … */
  readonly version: string;
  readonly document: string;
  readonly createdAt: Date;
}

/** What a policy may hang on. */
export type HolderKind = "user" | "role" | "group";

/** One of them. `id` is the unique id (`AIDA…`, `AROA…`, `AGPA…`). */
export interface Holder {
  readonly kind: HolderKind;
  readonly account: AccountId;
  readonly id: string;
}

export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

export interface AttachedPolicy {
  readonly arn: string;
  readonly name: string;
}

/** How many there are in an account, for quotas and GetAccountSummary. */
export interface Counts {
  readonly users: number;
  readonly roles: number;
  readonly groups: number;
  readonly policies: number;
  readonly policyVersions: number;
}

/** One page of a list: what comes after a name, of a path, at most so many. */
export interface Slice {
  readonly account: AccountId;
  readonly pathPrefix: string;
  /** The lower-case name that the page before ended with; empty for the first. */
  readonly after: string;
  readonly limit: number;
}

/** Another entity of the account has this name, in whatever case. */
export class UniqueNameTaken extends Error {
  override readonly name = "UniqueNameTaken";
}

/**
 * The accounts, users, roles, groups, policies and access keys of the house, in the `iam` database. `identity/`
 * reads it to know callers; the IAM service administers it. All functions take the transaction they run in;
 * names are looked up without regard to case and stored as written; lists come in order of name.
 * `insert…` and `update…` throw `UniqueNameTaken`. AWS's own managed policies are no rows: `managed-policies.ts` adds them.
 */
export interface Directory {
  account(tx: ReadTx, id: string): Promise<Account | undefined>;
  accounts(tx: ReadTx): Promise<Account[]>;
  /** The account whose house this is: its first one, for good. Undefined before there is any. */
  houseOwner(tx: ReadTx): Promise<AccountId | undefined>;
  /** Throws when the house has an owner. */
  giveHouseTo(tx: WriteTx, account: AccountId): Promise<void>;
  insertAccount(tx: WriteTx, account: Account): Promise<void>;
  accountByEmail(tx: ReadTx, email: string): Promise<Account | undefined>;
  closeAccount(tx: WriteTx, account: AccountId, at: Date): Promise<void>;
  /** Undefined takes the alias away. */
  setAccountAlias(tx: WriteTx, account: AccountId, alias: string | undefined): Promise<void>;
  counts(tx: ReadTx, account: AccountId): Promise<Counts>;

  user(tx: ReadTx, account: AccountId, name: string): Promise<User | undefined>;
  userById(tx: ReadTx, id: string): Promise<User | undefined>;
  users(tx: ReadTx, slice: Slice): Promise<User[]>;
  insertUser(tx: WriteTx, user: User): Promise<void>;
  updateUser(tx: WriteTx, user: User): Promise<void>;
  deleteUser(tx: WriteTx, id: string): Promise<void>;

  role(tx: ReadTx, account: AccountId, name: string): Promise<Role | undefined>;
  roleById(tx: ReadTx, id: string): Promise<Role | undefined>;
  roles(tx: ReadTx, slice: Slice): Promise<Role[]>;
  insertRole(tx: WriteTx, role: Role): Promise<void>;
  updateRole(tx: WriteTx, role: Role): Promise<void>;
  deleteRole(tx: WriteTx, id: string): Promise<void>;

  group(tx: ReadTx, account: AccountId, name: string): Promise<Group | undefined>;
  groups(tx: ReadTx, slice: Slice): Promise<Group[]>;
  insertGroup(tx: WriteTx, group: Group): Promise<void>;
  updateGroup(tx: WriteTx, group: Group): Promise<void>;
  deleteGroup(tx: WriteTx, id: string): Promise<void>;
  /** Succeeds when the user is a member already. */
  addToGroup(tx: WriteTx, groupId: string, userId: string): Promise<void>;
  /** Succeeds when the user is no member. */
  removeFromGroup(tx: WriteTx, groupId: string, userId: string): Promise<void>;
  groupsOf(tx: ReadTx, userId: string): Promise<Group[]>;
  usersIn(tx: ReadTx, groupId: string, after: string, limit: number): Promise<User[]>;

  accessKey(tx: ReadTx, id: string): Promise<AccessKey | undefined>;
  /** Without a user: those of the account's root. */
  accessKeys(tx: ReadTx, account: AccountId, userId: string | undefined): Promise<AccessKey[]>;
  insertAccessKey(tx: WriteTx, key: AccessKey): Promise<void>;
  setAccessKeyStatus(tx: WriteTx, id: string, status: AccessKey["status"]): Promise<void>;
  deleteAccessKey(tx: WriteTx, id: string): Promise<void>;

  managedPolicy(tx: ReadTx, arn: string): Promise<ManagedPolicy | undefined>;
  managedPolicies(tx: ReadTx, slice: Slice): Promise<ManagedPolicy[]>;
  insertManagedPolicy(tx: WriteTx, policy: ManagedPolicy, document: string): Promise<void>;
  /** Changes the default version, the count of versions, the tags and the time of update; nothing else can change. */
  updateManagedPolicy(tx: WriteTx, policy: ManagedPolicy): Promise<void>;
  /** And all its versions. */
  deleteManagedPolicy(tx: WriteTx, id: string): Promise<void>;
  policyVersion(tx: ReadTx, policyId: string, version: string): Promise<PolicyVersion | undefined>;
  /** Newest first. */
  policyVersions(tx: ReadTx, policyId: string): Promise<PolicyVersion[]>;
  insertPolicyVersion(tx: WriteTx, version: PolicyVersion): Promise<void>;
  deletePolicyVersion(tx: WriteTx, policyId: string, version: string): Promise<void>;
  /** The text in force of a customer's policy. */
  defaultDocument(tx: ReadTx, arn: string): Promise<string | undefined>;

  /** Succeeds when it hangs there already. */
  attach(tx: WriteTx, holder: Holder, policy: AttachedPolicy): Promise<void>;
  /** False when it did not hang there. */
  detach(tx: WriteTx, holder: Holder, policyArn: string): Promise<boolean>;
  attached(tx: ReadTx, holder: Holder): Promise<AttachedPolicy[]>;
  /** Who of the account has the policy attached, in order of kind and name. */
  attachments(tx: ReadTx, account: AccountId, policyArn: string): Promise<(Holder & { readonly name: string })[]>;
  /** Whose permissions boundary it is. */
  boundedBy(tx: ReadTx, account: AccountId, policyArn: string): Promise<(Holder & { readonly name: string })[]>;

  inlinePolicies(tx: ReadTx, holder: Holder): Promise<InlinePolicy[]>;
  putInlinePolicy(tx: WriteTx, holder: Holder, policy: InlinePolicy): Promise<void>;
  /** False when there was none of that name. */
  deleteInlinePolicy(tx: WriteTx, holder: Holder, name: string): Promise<boolean>;
}
