import type { AttachedPolicy, Directory, Holder, InlinePolicy } from "../directory.js";
import { MOST_ROWS, nameKey } from "./rows.js";

type HoldersPart = Pick<
  Directory,
  | "attach"
  | "detach"
  | "attached"
  | "attachments"
  | "boundedBy"
  | "inlinePolicies"
  | "putInlinePolicy"
  | "deleteInlinePolicy"
>;

type NamedHolder = Holder & { readonly name: string };

/** What hangs on users, roles and groups. */
export const holdersStore: HoldersPart = {
  async attach(tx, holder, policy) {
    await tx.run(
      `INSERT INTO iam_attachments (kind, account, holder_id, policy_arn, policy_name) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (holder_id, policy_arn) DO NOTHING`,
      holder.kind,
      holder.account,
      holder.id,
      policy.arn,
      policy.name,
    );
  },

  async detach(tx, holder, policyArn) {
    const outcome = await tx.run(
      "DELETE FROM iam_attachments WHERE holder_id = ? AND policy_arn = ?",
      holder.id,
      policyArn,
    );
    return outcome.changes > 0;
  },

  attached: (tx, holder) =>
    tx.all<AttachedPolicy>(
      `SELECT policy_arn AS arn, policy_name AS name FROM iam_attachments WHERE holder_id = ?
        ORDER BY policy_name, policy_arn LIMIT ?`,
      holder.id,
      MOST_ROWS,
    ),

  attachments: (tx, account, policyArn) =>
    tx.all<NamedHolder>(
      `SELECT a.kind, a.account, a.holder_id AS id, COALESCE(u.name, r.name, g.name) AS name
        FROM iam_attachments a LEFT JOIN iam_users u ON u.id = a.holder_id
        LEFT JOIN iam_roles r ON r.id = a.holder_id LEFT JOIN iam_groups g ON g.id = a.holder_id
        WHERE a.policy_arn = ? AND a.account = ? ORDER BY a.kind, name LIMIT ?`,
      policyArn,
      account,
      MOST_ROWS,
    ),

  boundedBy: (tx, account, policyArn) =>
    tx.all<NamedHolder>(
      `SELECT 'role' AS kind, account, id, name FROM iam_roles WHERE account = ? AND boundary_arn = ?
        UNION ALL SELECT 'user' AS kind, account, id, name FROM iam_users WHERE account = ? AND boundary_arn = ?
        ORDER BY kind, name LIMIT ?`,
      account,
      policyArn,
      account,
      policyArn,
      MOST_ROWS,
    ),

  inlinePolicies: (tx, holder) =>
    tx.all<InlinePolicy>(
      "SELECT name, document FROM iam_inline_policies WHERE holder_id = ? ORDER BY name_key LIMIT ?",
      holder.id,
      MOST_ROWS,
    ),

  async putInlinePolicy(tx, holder, policy) {
    await tx.run(
      `INSERT INTO iam_inline_policies (holder_id, name, name_key, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (holder_id, name_key) DO UPDATE SET document = excluded.document`,
      holder.id,
      policy.name,
      nameKey(policy.name),
      policy.document,
    );
  },

  async deleteInlinePolicy(tx, holder, name) {
    const outcome = await tx.run(
      "DELETE FROM iam_inline_policies WHERE holder_id = ? AND name_key = ?",
      holder.id,
      nameKey(name),
    );
    return outcome.changes > 0;
  },
};
