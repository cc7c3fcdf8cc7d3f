import type { AccountId } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { optional, orNull, tagsOf } from "../directory/rows.js";
import { type Tag, UniqueNameTaken } from "../directory.js";
import type { Member, Organization, OrganizationNode, OrganizationPolicyType } from "./records.js";

/** More than AWS's largest organization has; it only keeps a broken quota from filling memory. */
export const MOST_ROWS = 100_000;

interface OrganizationRow {
  readonly id: string;
  readonly management: AccountId;
  readonly feature_set: Organization["featureSet"];
  readonly policy_types: string;
  readonly created_at: number;
}

interface NodeRow {
  readonly id: string;
  readonly organization: string;
  readonly parent: string | null;
  readonly name: string;
  readonly tags: string;
  readonly created_at: number;
}

interface MemberRow {
  readonly account: AccountId;
  readonly organization: string;
  readonly parent: string;
  readonly joined_method: Member["joinedMethod"];
  readonly joined_at: number;
  readonly tags: string;
}

/** What was read of the organizations is stale once this has moved. Every change that a decision could see moves it. */
export const organizationsEpoch = async (tx: ReadTx): Promise<number> =>
  (await tx.get<{ epoch: number }>("SELECT epoch FROM org_epoch WHERE one = 1"))?.epoch ?? 0;

export const moveEpoch = (tx: WriteTx) => tx.run("UPDATE org_epoch SET epoch = epoch + 1 WHERE one = 1");

/** Organizations, their roots, units and members. */
export const treeStore = {
  async organization(tx: ReadTx, id: string): Promise<Organization | undefined> {
    const row = await tx.get<OrganizationRow>("SELECT * FROM org_organizations WHERE id = ?", id);
    return row && organizationOf(row);
  },

  async organizations(tx: ReadTx): Promise<Organization[]> {
    const rows = await tx.all<OrganizationRow>("SELECT * FROM org_organizations ORDER BY id LIMIT ?", MOST_ROWS);
    return rows.map(organizationOf);
  },

  async putOrganization(tx: WriteTx, { id, management, featureSet, policyTypes, createdAt }: Organization) {
    await tx.run(
      `INSERT INTO org_organizations (id, management, feature_set, policy_types, created_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET feature_set = excluded.feature_set, policy_types = excluded.policy_types`,
      id,
      management,
      featureSet,
      JSON.stringify(policyTypes),
      createdAt.getTime(),
    );
    await moveEpoch(tx);
  },

  /** With everything that is its own. */
  async deleteOrganization(tx: WriteTx, id: string) {
    for (const table of [
      "org_nodes",
      "org_members",
      "org_policies",
      "org_attachments",
      "org_account_requests",
      "org_handshakes",
    ])
      await tx.run(`DELETE FROM ${table} WHERE organization = ?`, id);
    await tx.run("DELETE FROM org_organizations WHERE id = ?", id);
    await moveEpoch(tx);
  },

  async node(tx: ReadTx, id: string): Promise<OrganizationNode | undefined> {
    const row = await tx.get<NodeRow>("SELECT * FROM org_nodes WHERE id = ?", id);
    return row && nodeOf(row);
  },

  async root(tx: ReadTx, organization: string): Promise<OrganizationNode | undefined> {
    const sql = "SELECT * FROM org_nodes WHERE organization = ? AND parent IS NULL LIMIT 1";
    const row = await tx.get<NodeRow>(sql, organization);
    return row && nodeOf(row);
  },

  async nodes(tx: ReadTx, organization: string): Promise<OrganizationNode[]> {
    const sql = "SELECT * FROM org_nodes WHERE organization = ? ORDER BY id LIMIT ?";
    return (await tx.all<NodeRow>(sql, organization, MOST_ROWS)).map(nodeOf);
  },

  async unitsIn(tx: ReadTx, parent: string, after: string, limit: number): Promise<OrganizationNode[]> {
    const sql = "SELECT * FROM org_nodes WHERE parent = ? AND id > ? ORDER BY id LIMIT ?";
    return (await tx.all<NodeRow>(sql, parent, after, limit)).map(nodeOf);
  },

  async countUnits(tx: ReadTx, organization: string): Promise<number> {
    const sql = "SELECT COUNT(*) AS n FROM org_nodes WHERE organization = ? AND parent IS NOT NULL";
    return (await tx.get<{ n: number }>(sql, organization))?.n ?? 0;
  },

  /** Throws UniqueNameTaken: a parent has one unit of a name. */
  async insertNode(tx: WriteTx, node: OrganizationNode) {
    const outcome = await tx.run(
      `INSERT INTO org_nodes (id, organization, parent, name, tags, created_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (parent, name) DO NOTHING`,
      node.id,
      node.organization,
      orNull(node.parent),
      node.name,
      JSON.stringify(node.tags),
      node.createdAt.getTime(),
    );
    if (outcome.changes === 0) throw new UniqueNameTaken();
    await moveEpoch(tx);
  },

  /** Throws UniqueNameTaken. */
  async renameNode(tx: WriteTx, { id, parent }: OrganizationNode, name: string) {
    const sql = `UPDATE org_nodes SET name = ? WHERE id = ?
      AND NOT EXISTS (SELECT 1 FROM org_nodes WHERE parent = ? AND name = ? AND id <> ?)`;
    const outcome = await tx.run(sql, name, id, orNull(parent), name, id);
    if (outcome.changes === 0) throw new UniqueNameTaken();
  },

  async tagNode(tx: WriteTx, id: string, tags: readonly Tag[]) {
    await tx.run("UPDATE org_nodes SET tags = ? WHERE id = ?", JSON.stringify(tags), id);
  },

  async deleteNode(tx: WriteTx, id: string) {
    await tx.run("DELETE FROM org_nodes WHERE id = ?", id);
    await moveEpoch(tx);
  },

  async member(tx: ReadTx, account: string): Promise<Member | undefined> {
    const row = await tx.get<MemberRow>("SELECT * FROM org_members WHERE account = ?", account);
    return row && memberOf(row);
  },

  async members(tx: ReadTx, organization: string, after: string, limit: number): Promise<Member[]> {
    const sql = "SELECT * FROM org_members WHERE organization = ? AND account > ? ORDER BY account LIMIT ?";
    return (await tx.all<MemberRow>(sql, organization, after, limit)).map(memberOf);
  },

  async membersIn(tx: ReadTx, parent: string, after: string, limit: number): Promise<Member[]> {
    const sql = "SELECT * FROM org_members WHERE parent = ? AND account > ? ORDER BY account LIMIT ?";
    return (await tx.all<MemberRow>(sql, parent, after, limit)).map(memberOf);
  },

  async countMembers(tx: ReadTx, organization: string): Promise<number> {
    const sql = "SELECT COUNT(*) AS n FROM org_members WHERE organization = ?";
    return (await tx.get<{ n: number }>(sql, organization))?.n ?? 0;
  },

  async putMember(tx: WriteTx, { account, organization, parent, joinedMethod, joinedAt, tags }: Member) {
    await tx.run(
      `INSERT INTO org_members (account, organization, parent, joined_method, joined_at, tags) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (account) DO UPDATE SET parent = excluded.parent, tags = excluded.tags`,
      account,
      organization,
      parent,
      joinedMethod,
      joinedAt.getTime(),
      JSON.stringify(tags),
    );
    await moveEpoch(tx);
  },

  async deleteMember(tx: WriteTx, account: AccountId) {
    await tx.run("DELETE FROM org_members WHERE account = ?", account);
    await moveEpoch(tx);
  },
};

const organizationOf = (row: OrganizationRow): Organization => ({
  id: row.id,
  management: row.management,
  featureSet: row.feature_set,
  policyTypes: JSON.parse(row.policy_types) as OrganizationPolicyType[], // as `putOrganization` wrote it
  createdAt: new Date(row.created_at),
});

const nodeOf = (row: NodeRow): OrganizationNode => ({
  id: row.id,
  organization: row.organization,
  ...optional("parent", row.parent),
  name: row.name,
  tags: tagsOf(row.tags),
  createdAt: new Date(row.created_at),
});

const memberOf = (row: MemberRow): Member => ({
  account: row.account,
  organization: row.organization,
  parent: row.parent,
  joinedMethod: row.joined_method,
  joinedAt: new Date(row.joined_at),
  tags: tagsOf(row.tags),
});
