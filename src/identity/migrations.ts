import type { Migration } from "../store/index.js";

/**
 * The tables of the `iam` database. `name_key` is the name in lower case: IAM knows no two entities of a kind that
 * differ in case alone. Tags and principals are JSON; nothing is ever looked up by them.
 */
export const IDENTITY_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `
CREATE TABLE iam_accounts (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, alias TEXT UNIQUE, created_at BIGINT NOT NULL);
CREATE TABLE iam_users (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
  tags TEXT NOT NULL, boundary_arn TEXT, created_at BIGINT NOT NULL, UNIQUE (account, name_key));
CREATE TABLE iam_roles (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
  tags TEXT NOT NULL, boundary_arn TEXT, created_at BIGINT NOT NULL, trust_policy TEXT NOT NULL,
  trust_principals TEXT NOT NULL, description TEXT, max_session_seconds BIGINT NOT NULL, UNIQUE (account, name_key));
CREATE TABLE iam_groups (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
  created_at BIGINT NOT NULL, UNIQUE (account, name_key));
CREATE TABLE iam_group_members (
  group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (group_id, user_id));
CREATE INDEX iam_group_members_by_user ON iam_group_members (user_id, group_id);
CREATE TABLE iam_access_keys (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, user_id TEXT, secret TEXT NOT NULL, status TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE INDEX iam_access_keys_by_user ON iam_access_keys (account, user_id, id);
CREATE TABLE iam_policies (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE, description TEXT, default_version TEXT NOT NULL, versions_made BIGINT NOT NULL,
  tags TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, UNIQUE (account, name_key));
CREATE TABLE iam_policy_versions (
  policy_id TEXT NOT NULL, version TEXT NOT NULL, number BIGINT NOT NULL, document TEXT NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY (policy_id, version));
CREATE TABLE iam_attachments (
  kind TEXT NOT NULL, account TEXT NOT NULL, holder_id TEXT NOT NULL, policy_arn TEXT NOT NULL,
  policy_name TEXT NOT NULL, PRIMARY KEY (holder_id, policy_arn));
CREATE INDEX iam_attachments_by_policy ON iam_attachments (policy_arn, account);
CREATE TABLE iam_inline_policies (
  holder_id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (holder_id, name_key));
`,
  },
  {
    id: 2,
    sql: `
CREATE TABLE iam_items (
  kind TEXT NOT NULL, account TEXT NOT NULL, name_key TEXT NOT NULL, owner_id TEXT NOT NULL, path TEXT NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (kind, account, name_key));
CREATE INDEX iam_items_by_owner ON iam_items (owner_id, kind, name_key);
CREATE TABLE iam_last_uses (
  id TEXT PRIMARY KEY, used_at BIGINT NOT NULL, service TEXT NOT NULL, region TEXT NOT NULL);
`,
  },
  {
    id: 3,
    sql: `
CREATE TABLE iam_oidc_providers (
  account TEXT NOT NULL, host_path TEXT NOT NULL, client_ids TEXT NOT NULL, thumbprints TEXT NOT NULL,
  tags TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (account, host_path));
`,
  },
  {
    id: 4,
    // Organizations. A node is a root (it has no parent) or a unit; `target` is a node's id or an account's.
    sql: `
ALTER TABLE iam_accounts ADD COLUMN email TEXT;
ALTER TABLE iam_accounts ADD COLUMN closed_at BIGINT;
CREATE UNIQUE INDEX iam_accounts_by_email ON iam_accounts (email);
CREATE TABLE org_organizations (
  id TEXT PRIMARY KEY, management TEXT NOT NULL UNIQUE, feature_set TEXT NOT NULL, policy_types TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE TABLE org_nodes (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, tags TEXT NOT NULL,
  created_at BIGINT NOT NULL, UNIQUE (parent, name));
CREATE INDEX org_nodes_by_organization ON org_nodes (organization, id);
CREATE TABLE org_members (
  account TEXT PRIMARY KEY, organization TEXT NOT NULL, parent TEXT NOT NULL, joined_method TEXT NOT NULL,
  joined_at BIGINT NOT NULL, tags TEXT NOT NULL);
CREATE INDEX org_members_by_organization ON org_members (organization, account);
CREATE INDEX org_members_by_parent ON org_members (parent, account);
CREATE TABLE org_policies (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  content TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (organization, type, name));
CREATE TABLE org_attachments (
  organization TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL, policy TEXT NOT NULL,
  PRIMARY KEY (target, policy));
CREATE INDEX org_attachments_by_policy ON org_attachments (organization, policy, target);
CREATE TABLE org_account_requests (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX org_account_requests_by_organization ON org_account_requests (organization, id);
CREATE TABLE org_handshakes (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, account TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX org_handshakes_by_organization ON org_handshakes (organization, id);
CREATE INDEX org_handshakes_by_account ON org_handshakes (account, id);
CREATE TABLE org_epoch (one BIGINT PRIMARY KEY, epoch BIGINT NOT NULL);
INSERT INTO org_epoch (one, epoch) VALUES (1, 0);
`,
  },
  {
    id: 5,
    // Times of accounts are whole seconds of a clock that can be set back: they do not tell whose the house is.
    sql: `
CREATE TABLE iam_house (one BIGINT PRIMARY KEY, owner TEXT NOT NULL);
INSERT INTO iam_house (one, owner) SELECT 1, id FROM iam_accounts ORDER BY rowid LIMIT 1;
`,
  },
];
