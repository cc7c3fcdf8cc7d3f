import type { Directory } from "../directory.js";
import { mustChange, nameKey, orNull, type TaggedRow, taggedOf } from "./rows.js";

type UsersPart = Pick<Directory, "user" | "userById" | "users" | "insertUser" | "updateUser" | "deleteUser">;

export const usersStore: UsersPart = {
  async user(tx, account, name) {
    const row = await tx.get<TaggedRow>(
      "SELECT * FROM iam_users WHERE account = ? AND name_key = ?",
      account,
      nameKey(name),
    );
    return row && taggedOf("user", row);
  },

  async userById(tx, id) {
    const row = await tx.get<TaggedRow>("SELECT * FROM iam_users WHERE id = ?", id);
    return row && taggedOf("user", row);
  },

  async users(tx, { account, pathPrefix, after, limit }) {
    const rows = await tx.all<TaggedRow>(
      `SELECT * FROM iam_users WHERE account = ? AND name_key > ? AND substr(path, 1, ?) = ?
        ORDER BY name_key LIMIT ?`,
      account,
      after,
      pathPrefix.length,
      pathPrefix,
      limit,
    );
    return rows.map((row) => taggedOf("user", row));
  },

  async insertUser(tx, user) {
    const outcome = await tx.run(
      `INSERT INTO iam_users (id, account, name, name_key, path, tags, boundary_arn, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, name_key) DO NOTHING`,
      user.id,
      user.account,
      user.name,
      nameKey(user.name),
      user.path,
      JSON.stringify(user.tags),
      orNull(user.boundaryArn),
      user.createdAt.getTime(),
    );
    mustChange(outcome);
  },

  async updateUser(tx, user) {
    const outcome = await tx.run(
      `UPDATE iam_users SET name = ?, name_key = ?, path = ?, tags = ?, boundary_arn = ?
        WHERE id = ? AND NOT EXISTS (SELECT 1 FROM iam_users WHERE account = ? AND name_key = ? AND id <> ?)`,
      user.name,
      nameKey(user.name),
      user.path,
      JSON.stringify(user.tags),
      orNull(user.boundaryArn),
      user.id,
      user.account,
      nameKey(user.name),
      user.id,
    );
    mustChange(outcome);
  },

  async deleteUser(tx, id) {
    await tx.run("DELETE FROM iam_users WHERE id = ?", id);
  },
};
