import type { Directory, Role } from "../directory.js";
import { mustChange, nameKey, optional, orNull, type TaggedRow, taggedOf } from "./rows.js";

type RolesPart = Pick<Directory, "role" | "roleById" | "roles" | "insertRole" | "updateRole" | "deleteRole">;

interface RoleRow extends TaggedRow {
  readonly trust_policy: string;
  readonly trust_principals: string;
  readonly description: string | null;
  readonly max_session_seconds: number;
}

export const rolesStore: RolesPart = {
  async role(tx, account, name) {
    const row = await tx.get<RoleRow>(
      "SELECT * FROM iam_roles WHERE account = ? AND name_key = ?",
      account,
      nameKey(name),
    );
    return row && roleOf(row);
  },

  async roleById(tx, id) {
    const row = await tx.get<RoleRow>("SELECT * FROM iam_roles WHERE id = ?", id);
    return row && roleOf(row);
  },

  async roles(tx, { account, pathPrefix, after, limit }) {
    const rows = await tx.all<RoleRow>(
      `SELECT * FROM iam_roles WHERE account = ? AND name_key > ? AND substr(path, 1, ?) = ?
        ORDER BY name_key LIMIT ?`,
      account,
      after,
      pathPrefix.length,
      pathPrefix,
      limit,
    );
    return rows.map(roleOf);
  },

  async insertRole(tx, role) {
    const outcome = await tx.run(
      `INSERT INTO iam_roles (id, account, name, name_key, path, tags, boundary_arn, created_at,
          trust_policy, trust_principals, description, max_session_seconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, name_key) DO NOTHING`,
      role.id,
      role.account,
      role.name,
      nameKey(role.name),
      role.path,
      JSON.stringify(role.tags),
      orNull(role.boundaryArn),
      role.createdAt.getTime(),
      role.trustPolicy,
      JSON.stringify(role.trustPrincipals),
      orNull(role.description),
      role.maxSessionSeconds,
    );
    mustChange(outcome);
  },

  async updateRole(tx, role) {
    await tx.run(
      `UPDATE iam_roles SET tags = ?, boundary_arn = ?, trust_policy = ?, trust_principals = ?, description = ?,
          max_session_seconds = ? WHERE id = ?`,
      JSON.stringify(role.tags),
      orNull(role.boundaryArn),
      role.trustPolicy,
      JSON.stringify(role.trustPrincipals),
      orNull(role.description),
      role.maxSessionSeconds,
      role.id,
    );
  },

  async deleteRole(tx, id) {
    await tx.run("DELETE FROM iam_roles WHERE id = ?", id);
  },
};

const roleOf = (row: RoleRow): Role => ({
  ...taggedOf("role", row),
  trustPolicy: row.trust_policy,
  trustPrincipals: JSON.parse(row.trust_principals) as Record<string, string>, // written by this room alone
  ...optional("description", row.description),
  maxSessionSeconds: row.max_session_seconds,
});
