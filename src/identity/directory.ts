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
  readonly createdAt: Date;
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
  readonly trustPolicy: string;
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

/** Where a policy may hang. `id` is the unique id (`AIDA…`, `AROA…`, `AGPA…`). */
export type Holder = "user" | "role" | "group";

/**
 * The accounts, users, roles, groups, policies and access keys of the house, in the `iam` database. `identity/`
 * reads it to know callers; the IAM service administers it. All functions take the transaction they run in;
 * names are looked up without regard to case and stored as written; lists come in order of name.
 * `insert…` throws a `UniqueNameTaken` (base Error subclass here) when the name is taken in the account.
 */
export interface Directory {
  account(tx: ReadTx, id: string): Promise<Account | undefined>;
  accounts(tx: ReadTx): Promise<Account[]>;
  insertAccount(tx: WriteTx, account: Account): Promise<void>;

  user(tx: ReadTx, account: AccountId, name: string): Promise<User | undefined>;
  userById(tx: ReadTx, id: string): Promise<User | undefined>;
  users(tx: ReadTx, account: AccountId, pathPrefix: string, after: string, limit: number): Promise<User[]>;
  insertUser(tx: WriteTx, user: User): Promise<void>;
  updateUser(tx: WriteTx, user: User): Promise<void>;
  deleteUser(tx: WriteTx, id: string): Promise<void>;

  role(tx: ReadTx, account: AccountId, name: string): Promise<Role | undefined>;
  roleById(tx: ReadTx, id: string): Promise<Role | undefined>;
  roles(tx: ReadTx, account: AccountId, pathPrefix: string, after: string, limit: number): Promise<Role[]>;
  insertRole(tx: WriteTx, role: Role): Promise<void>;
  updateRole(tx: WriteTx, role: Role): Promise<void>;
  deleteRole(tx: WriteTx, id: string): Promise<void>;

  group(tx: ReadTx, account: AccountId, name: string): Promise<Group | undefined>;
  groups(tx: ReadTx, account: AccountId, pathPrefix: string, after: string, limit: number): Promise<Group[]>;
  insertGroup(tx: WriteTx, group: Group): Promise<void>;
  updateGroup(tx: WriteTx, group: Group): Promise<void>;
  deleteGroup(tx: WriteTx, id: string): Promise<void>;
  addToGroup(tx: WriteTx, groupId: string, userId: string): Promise<void>;
  removeFromGroup(tx: WriteTx, groupId: string, userId: string): Promise<boolean>;
  groupsOf(tx: ReadTx, userId: string): Promise<Group[]>;
  usersIn(tx: ReadTx, groupId: string): Promise<User[]>;

  accessKey(tx: ReadTx, id: string): Promise<AccessKey | undefined>;
  accessKeys(tx: ReadTx, account: AccountId, userId: string | undefined): Promise<AccessKey[]>;
  insertAccessKey(tx: WriteTx, key: AccessKey): Promise<void>;
  setAccessKeyStatus(tx: WriteTx, id: string, status: AccessKey["status"]): Promise<void>;
  deleteAccessKey(tx: WriteTx, id: string): Promise<void>;

  managedPolicy(tx: ReadTx, arn: string): Promise<ManagedPolicy | undefined>;
  managedPolicies(
    tx: ReadTx,
    account: AccountId,
    pathPrefix: string,
    after: string,
    limit: number,
  ): Promise<ManagedPolicy[]>;
  insertManagedPolicy(tx: WriteTx, policy: ManagedPolicy, first: PolicyVersion): Promise<void>;
  updateManagedPolicy(tx: WriteTx, policy: ManagedPolicy): Promise<void>;
  deleteManagedPolicy(tx: WriteTx, id: string): Promise<void>;
  policyVersions(tx: ReadTx, policyId: string): Promise<PolicyVersion[]>;
  insertPolicyVersion(tx: WriteTx, version: PolicyVersion): Promise<void>;
  deletePolicyVersion(tx: WriteTx, policyId: string, version: string): Promise<void>;

  attach(tx: WriteTx, holder: Holder, id: string, policyArn: string): Promise<void>;
  detach(tx: WriteTx, holder: Holder, id: string, policyArn: string): Promise<boolean>;
  attached(tx: ReadTx, holder: Holder, id: string): Promise<ManagedPolicy[]>;
  attachments(tx: ReadTx, policyArn: string): Promise<{ holder: Holder; id: string; name: string }[]>;
  inlinePolicies(tx: ReadTx, holder: Holder, id: string): Promise<{ name: string; document: string }[]>;
  putInlinePolicy(tx: WriteTx, holder: Holder, id: string, name: string, document: string): Promise<void>;
  deleteInlinePolicy(tx: WriteTx, holder: Holder, id: string, name: string): Promise<boolean>;
}
