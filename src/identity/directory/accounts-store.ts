import type { AccountId } from "../../base/index.js";
import type { AccessKey, Account, Counts, Directory } from "../directory.js";
import { MOST_ROWS, mustChange, optional, orNull } from "./rows.js";

type AccountsPart = Pick<
  Directory,
  | "account"
  | "accounts"
  | "houseOwner"
  | "giveHouseTo"
  | "insertAccount"
  | "accountByEmail"
  | "closeAccount"
  | "setAccountAlias"
  | "counts"
  | "accessKey"
  | "accessKeys"
  | "insertAccessKey"
  | "setAccessKeyStatus"
  | "deleteAccessKey"
>;

interface AccountRow {
  readonly id: AccountId;
  readonly name: string;
  readonly alias: string | null;
  readonly email: string | null;
  readonly created_at: number;
  readonly closed_at: number | null;
}

interface AccessKeyRow {
  readonly id: string;
  readonly account: AccountId;
  readonly user_id: string | null;
  readonly secret: string;
  readonly status: AccessKey["status"];
  readonly created_at: number;
}

/** Accounts and the access keys of their users and roots. */
export const accountsStore: AccountsPart = {
  async account(tx, id) {
    const row = await tx.get<AccountRow>("SELECT * FROM iam_accounts WHERE id = ?", id);
    return row && accountOf(row);
  },

  async accounts(tx) {
    const rows = await tx.all<AccountRow>("SELECT * FROM iam_accounts ORDER BY created_at, id LIMIT ?", MOST_ROWS);
    return rows.map(accountOf);
  },

  async houseOwner(tx) {
    return (await tx.get<{ readonly owner: AccountId }>("SELECT owner FROM iam_house WHERE one = 1"))?.owner;
  },

  async giveHouseTo(tx, account) {
    await tx.run("INSERT INTO iam_house (one, owner) VALUES (1, ?)", account);
  },

  async insertAccount(tx, account) {
    await tx.run(
      "INSERT INTO iam_accounts (id, name, alias, email, created_at) VALUES (?, ?, ?, ?, ?)",
      account.id,
      account.name,
      orNull(account.alias),
      orNull(account.email),
      account.createdAt.getTime(),
    );
  },

  async accountByEmail(tx, email) {
    const row = await tx.get<AccountRow>("SELECT * FROM iam_accounts WHERE email = ?", email);
    return row && accountOf(row);
  },

  async closeAccount(tx, account, at) {
    await tx.run("UPDATE iam_accounts SET closed_at = ? WHERE id = ?", at.getTime(), account);
  },

  async setAccountAlias(tx, account, alias) {
    const outcome = await tx.run(
      "UPDATE iam_accounts SET alias = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM iam_accounts WHERE alias = ? AND id <> ?)",
      orNull(alias),
      account,
      orNull(alias),
      account,
    );
    mustChange(outcome);
  },

  async counts(tx, account) {
    const row = await tx.get<Counts>(
      `SELECT (SELECT COUNT(*) FROM iam_users WHERE account = ?) AS users,
              (SELECT COUNT(*) FROM iam_roles WHERE account = ?) AS roles,
              (SELECT COUNT(*) FROM iam_groups WHERE account = ?) AS "groups",
              (SELECT COUNT(*) FROM iam_policies WHERE account = ?) AS policies,
              (SELECT COUNT(*) FROM iam_policy_versions v JOIN iam_policies p ON p.id = v.policy_id
                WHERE p.account = ?) AS "policyVersions"`,
      account,
      account,
      account,
      account,
      account,
    );
    return row ?? { users: 0, roles: 0, groups: 0, policies: 0, policyVersions: 0 };
  },

  async accessKey(tx, id) {
    const row = await tx.get<AccessKeyRow>("SELECT * FROM iam_access_keys WHERE id = ?", id);
    return row && accessKeyOf(row);
  },

  async accessKeys(tx, account, userId) {
    const rows = await tx.all<AccessKeyRow>(
      `SELECT * FROM iam_access_keys WHERE account = ? AND COALESCE(user_id, '') = ?
        ORDER BY created_at, id LIMIT ?`,
      account,
      userId ?? "",
      MOST_ROWS,
    );
    return rows.map(accessKeyOf);
  },

  async insertAccessKey(tx, key) {
    await tx.run(
      "INSERT INTO iam_access_keys (id, account, user_id, secret, status, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      key.id,
      key.account,
      orNull(key.userId),
      key.secret,
      key.status,
      key.createdAt.getTime(),
    );
  },

  async setAccessKeyStatus(tx, id, status) {
    await tx.run("UPDATE iam_access_keys SET status = ? WHERE id = ?", status, id);
  },

  async deleteAccessKey(tx, id) {
    await tx.run("DELETE FROM iam_access_keys WHERE id = ?", id);
  },
};

const accountOf = (row: AccountRow): Account => ({
  id: row.id,
  name: row.name,
  ...optional("alias", row.alias),
  ...optional("email", row.email),
  createdAt: new Date(row.created_at),
  ...(row.closed_at === null ? {} : { closedAt: new Date(row.closed_at) }),
});

const accessKeyOf = (row: AccessKeyRow): AccessKey => ({
  id: row.id,
  account: row.account,
  ...optional("userId", row.user_id),
  secret: row.secret,
  status: row.status,
  createdAt: new Date(row.created_at),
});
