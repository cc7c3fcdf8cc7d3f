import type { Directory, ManagedPolicy, PolicyVersion } from "../directory.js";
import { type EntityRow, entityOf, MOST_ROWS, mustChange, nameKey, optional, orNull, tagsOf } from "./rows.js";

type PoliciesPart = Pick<
  Directory,
  | "managedPolicy"
  | "managedPolicies"
  | "insertManagedPolicy"
  | "updateManagedPolicy"
  | "deleteManagedPolicy"
  | "policyVersion"
  | "policyVersions"
  | "insertPolicyVersion"
  | "deletePolicyVersion"
  | "defaultDocument"
>;

interface PolicyRow extends EntityRow {
  readonly description: string | null;
  readonly default_version: string;
  readonly versions_made: number;
  readonly updated_at: number;
  readonly tags: string;
}

interface VersionRow {
  readonly policy_id: string;
  readonly version: string;
  readonly document: string;
  readonly created_at: number;
}

/** Customers' managed policies and their versions. */
export const policiesStore: PoliciesPart = {
  async managedPolicy(tx, arn) {
    const row = await tx.get<PolicyRow>("SELECT * FROM iam_policies WHERE arn = ?", arn);
    return row && policyOf(row);
  },

  async managedPolicies(tx, { account, pathPrefix, after, limit }) {
    const rows = await tx.all<PolicyRow>(
      `SELECT * FROM iam_policies WHERE account = ? AND name_key > ? AND substr(path, 1, ?) = ?
        ORDER BY name_key LIMIT ?`,
      account,
      after,
      pathPrefix.length,
      pathPrefix,
      limit,
    );
    return rows.map(policyOf);
  },

  async insertManagedPolicy(tx, policy, document) {
    const outcome = await tx.run(
      `INSERT INTO iam_policies (id, account, name, name_key, path, arn, description, default_version, versions_made,
          tags, created_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, name_key) DO NOTHING`,
      policy.id,
      policy.account,
      policy.name,
      nameKey(policy.name),
      policy.path,
      policy.arn,
      orNull(policy.description),
      policy.defaultVersion,
      policy.versionsMade,
      JSON.stringify(policy.tags),
      policy.createdAt.getTime(),
      policy.updatedAt.getTime(),
    );
    mustChange(outcome);
    const { id: policyId, defaultVersion: version, createdAt } = policy;
    await policiesStore.insertPolicyVersion(tx, { policyId, version, document, createdAt });
  },

  async updateManagedPolicy(tx, policy) {
    await tx.run(
      "UPDATE iam_policies SET default_version = ?, versions_made = ?, tags = ?, updated_at = ? WHERE id = ?",
      policy.defaultVersion,
      policy.versionsMade,
      JSON.stringify(policy.tags),
      policy.updatedAt.getTime(),
      policy.id,
    );
  },

  async deleteManagedPolicy(tx, id) {
    await tx.run("DELETE FROM iam_policy_versions WHERE policy_id = ?", id);
    await tx.run("DELETE FROM iam_policies WHERE id = ?", id);
  },

  async policyVersion(tx, policyId, version) {
    const row = await tx.get<VersionRow>(
      "SELECT * FROM iam_policy_versions WHERE policy_id = ? AND version = ?",
      policyId,
      version,
    );
    return row && versionOf(row);
  },

  async policyVersions(tx, policyId) {
    const rows = await tx.all<VersionRow>(
      "SELECT * FROM iam_policy_versions WHERE policy_id = ? ORDER BY number DESC LIMIT ?",
      policyId,
      MOST_ROWS,
    );
    return rows.map(versionOf);
  },

  async insertPolicyVersion(tx, version) {
    await tx.run(
      "INSERT INTO iam_policy_versions (policy_id, version, number, document, created_at) VALUES (?, ?, ?, ?, ?)",
      version.policyId,
      version.version,
      Number(version.version.slice(1)),
      version.document,
      version.createdAt.getTime(),
    );
  },

  async deletePolicyVersion(tx, policyId, version) {
    await tx.run("DELETE FROM iam_policy_versions WHERE policy_id = ? AND version = ?", policyId, version);
  },

  async defaultDocument(tx, arn) {
    const row = await tx.get<{ document: string }>(
      `SELECT v.document FROM iam_policies p
        JOIN iam_policy_versions v ON v.policy_id = p.id AND v.version = p.default_version WHERE p.arn = ?`,
      arn,
    );
    return row?.document;
  },
};

const policyOf = (row: PolicyRow): ManagedPolicy => ({
  ...entityOf("policy", row),
  ...optional("description", row.description),
  defaultVersion: row.default_version,
  versionsMade: row.versions_made,
  updatedAt: new Date(row.updated_at),
  tags: tagsOf(row.tags),
});

const versionOf = (row: VersionRow): PolicyVersion => ({
  policyId: row.policy_id,
  version: row.version,
  document: row.document,
  createdAt: new Date(row.created_at),
});
