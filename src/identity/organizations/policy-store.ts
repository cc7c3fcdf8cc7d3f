import type { ReadTx, WriteTx } from "../../store/index.js";
import { tagsOf } from "../directory/rows.js";
import { type Tag, UniqueNameTaken } from "../directory.js";
import type { OrganizationAttachment, OrganizationPolicy, OrganizationPolicyType } from "./records.js";
import { MOST_ROWS, moveEpoch } from "./tree-store.js";

interface PolicyRow extends Omit<OrganizationPolicy, "tags"> {
  readonly tags: string;
}

/** An organization's own policies, and what hangs where. AWS's own policies are no rows. */
export const policyStore = {
  async policy(tx: ReadTx, id: string): Promise<OrganizationPolicy | undefined> {
    const row = await tx.get<PolicyRow>("SELECT * FROM org_policies WHERE id = ?", id);
    return row && policyOf(row);
  },

  async policies(
    tx: ReadTx,
    organization: string,
    type: OrganizationPolicyType,
    after: string,
    limit: number,
  ): Promise<OrganizationPolicy[]> {
    const sql = "SELECT * FROM org_policies WHERE organization = ? AND type = ? AND id > ? ORDER BY id LIMIT ?";
    return (await tx.all<PolicyRow>(sql, organization, type, after, limit)).map(policyOf);
  },

  /** The texts that are in force somewhere, by id. */
  async contents(tx: ReadTx, organization: string): Promise<ReadonlyMap<string, OrganizationPolicy>> {
    const sql = `SELECT * FROM org_policies p WHERE organization = ?
      AND EXISTS (SELECT 1 FROM org_attachments a WHERE a.organization = p.organization AND a.policy = p.id)
      ORDER BY id LIMIT ?`;
    const rows = await tx.all<PolicyRow>(sql, organization, MOST_ROWS);
    return new Map(rows.map((row) => [row.id, policyOf(row)]));
  },

  async countPolicies(tx: ReadTx, organization: string, type: OrganizationPolicyType): Promise<number> {
    const sql = "SELECT COUNT(*) AS n FROM org_policies WHERE organization = ? AND type = ?";
    return (await tx.get<{ n: number }>(sql, organization, type))?.n ?? 0;
  },

  /** Throws UniqueNameTaken: an organization has one policy of a type and name. */
  async insertPolicy(tx: WriteTx, { id, organization, type, name, description, content, tags }: OrganizationPolicy) {
    const outcome = await tx.run(
      `INSERT INTO org_policies (id, organization, type, name, description, content, tags) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (organization, type, name) DO NOTHING`,
      id,
      organization,
      type,
      name,
      description,
      content,
      JSON.stringify(tags),
    );
    if (outcome.changes === 0) throw new UniqueNameTaken();
  },

  /** Throws UniqueNameTaken. */
  async updatePolicy(tx: WriteTx, { id, organization, type, name, description, content }: OrganizationPolicy) {
    const outcome = await tx.run(
      `UPDATE org_policies SET name = ?, description = ?, content = ? WHERE id = ? AND NOT EXISTS
        (SELECT 1 FROM org_policies WHERE organization = ? AND type = ? AND name = ? AND id <> ?)`,
      name,
      description,
      content,
      id,
      organization,
      type,
      name,
      id,
    );
    if (outcome.changes === 0) throw new UniqueNameTaken();
    await moveEpoch(tx);
  },

  async tagPolicy(tx: WriteTx, id: string, tags: readonly Tag[]) {
    await tx.run("UPDATE org_policies SET tags = ? WHERE id = ?", JSON.stringify(tags), id);
  },

  async deletePolicy(tx: WriteTx, id: string) {
    await tx.run("DELETE FROM org_policies WHERE id = ?", id);
  },

  async attachments(tx: ReadTx, organization: string): Promise<OrganizationAttachment[]> {
    const sql = "SELECT * FROM org_attachments WHERE organization = ? ORDER BY target, policy LIMIT ?";
    return tx.all<OrganizationAttachment>(sql, organization, MOST_ROWS);
  },

  async attachmentsOf(tx: ReadTx, target: string): Promise<OrganizationAttachment[]> {
    return tx.all<OrganizationAttachment>(
      "SELECT * FROM org_attachments WHERE target = ? ORDER BY policy LIMIT ?",
      target,
      MOST_ROWS,
    );
  },

  async targetsOf(
    tx: ReadTx,
    organization: string,
    policy: string,
    after: string,
    limit: number,
  ): Promise<OrganizationAttachment[]> {
    return tx.all<OrganizationAttachment>(
      "SELECT * FROM org_attachments WHERE organization = ? AND policy = ? AND target > ? ORDER BY target LIMIT ?",
      organization,
      policy,
      after,
      limit,
    );
  },

  async attach(tx: WriteTx, { organization, type, target, policy }: OrganizationAttachment) {
    await tx.run(
      `INSERT INTO org_attachments (organization, type, target, policy) VALUES (?, ?, ?, ?)
        ON CONFLICT (target, policy) DO NOTHING`,
      organization,
      type,
      target,
      policy,
    );
    await moveEpoch(tx);
  },

  async detach(tx: WriteTx, target: string, policy: string) {
    await tx.run("DELETE FROM org_attachments WHERE target = ? AND policy = ?", target, policy);
    await moveEpoch(tx);
  },

  async detachAll(tx: WriteTx, target: string) {
    await tx.run("DELETE FROM org_attachments WHERE target = ?", target);
    await moveEpoch(tx);
  },

  async detachType(tx: WriteTx, organization: string, type: OrganizationPolicyType) {
    await tx.run("DELETE FROM org_attachments WHERE organization = ? AND type = ?", organization, type);
    await moveEpoch(tx);
  },
};

const policyOf = (row: PolicyRow): OrganizationPolicy => ({ ...row, tags: tagsOf(row.tags) });
