import type { Directory } from "../directory.js";
import { type EntityRow, entityOf, MOST_ROWS, mustChange, nameKey, type TaggedRow, taggedOf } from "./rows.js";

type GroupsPart = Pick<
  Directory,
  | "group"
  | "groups"
  | "insertGroup"
  | "updateGroup"
  | "deleteGroup"
  | "addToGroup"
  | "removeFromGroup"
  | "groupsOf"
  | "usersIn"
>;

export const groupsStore: GroupsPart = {
  async group(tx, account, name) {
    const row = await tx.get<EntityRow>(
      "SELECT * FROM iam_groups WHERE account = ? AND name_key = ?",
      account,
      nameKey(name),
    );
    return row && entityOf("group", row);
  },

  async groups(tx, { account, pathPrefix, after, limit }) {
    const rows = await tx.all<EntityRow>(
      `SELECT * FROM iam_groups WHERE account = ? AND name_key > ? AND substr(path, 1, ?) = ?
        ORDER BY name_key LIMIT ?`,
      account,
      after,
      pathPrefix.length,
      pathPrefix,
      limit,
    );
    return rows.map((row) => entityOf("group", row));
  },

  async insertGroup(tx, group) {
    const outcome = await tx.run(
      `INSERT INTO iam_groups (id, account, name, name_key, path, created_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (account, name_key) DO NOTHING`,
      group.id,
      group.account,
      group.name,
      nameKey(group.name),
      group.path,
      group.createdAt.getTime(),
    );
    mustChange(outcome);
  },

  async updateGroup(tx, group) {
    const outcome = await tx.run(
      `UPDATE iam_groups SET name = ?, name_key = ?, path = ?
        WHERE id = ? AND NOT EXISTS (SELECT 1 FROM iam_groups WHERE account = ? AND name_key = ? AND id <> ?)`,
      group.name,
      nameKey(group.name),
      group.path,
      group.id,
      group.account,
      nameKey(group.name),
      group.id,
    );
    mustChange(outcome);
  },

  async deleteGroup(tx, id) {
    await tx.run("DELETE FROM iam_groups WHERE id = ?", id);
  },

  async addToGroup(tx, groupId, userId) {
    await tx.run(
      "INSERT INTO iam_group_members (group_id, user_id) VALUES (?, ?) ON CONFLICT (group_id, user_id) DO NOTHING",
      groupId,
      userId,
    );
  },

  async removeFromGroup(tx, groupId, userId) {
    await tx.run("DELETE FROM iam_group_members WHERE group_id = ? AND user_id = ?", groupId, userId);
  },

  async groupsOf(tx, userId) {
    const rows = await tx.all<EntityRow>(
      `SELECT g.* FROM iam_group_members m JOIN iam_groups g ON g.id = m.group_id WHERE m.user_id = ?
        ORDER BY g.name_key LIMIT ?`,
      userId,
      MOST_ROWS,
    );
    return rows.map((row) => entityOf("group", row));
  },

  async usersIn(tx, groupId, after, limit) {
    const rows = await tx.all<TaggedRow>(
      `SELECT u.* FROM iam_group_members m JOIN iam_users u ON u.id = m.user_id
        WHERE m.group_id = ? AND u.name_key > ? ORDER BY u.name_key LIMIT ?`,
      groupId,
      after,
      limit,
    );
    return rows.map((row) => taggedOf("user", row));
  },
};
