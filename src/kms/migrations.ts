import type { Migration } from "../store/index.js";

/**
 * The schema of `kms.db`. Times are milliseconds; tags, principals, operations and constraints are JSON text.
 * `kms_changes` tells every process which keys to forget: see `repository.ts`.
 */
export const KMS_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `CREATE TABLE kms_keys (
      account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
      manager TEXT NOT NULL, spec TEXT NOT NULL, key_usage TEXT NOT NULL, origin TEXT NOT NULL,
      multi_region INTEGER NOT NULL, description TEXT NOT NULL, created_at BIGINT NOT NULL,
      state TEXT NOT NULL, material TEXT, deletion_at BIGINT, window_days INTEGER, deleting INTEGER NOT NULL,
      rotation_days INTEGER, rotation_at BIGINT, on_demand_rotations INTEGER NOT NULL,
      tags TEXT NOT NULL, policy TEXT NOT NULL, principals TEXT NOT NULL,
      PRIMARY KEY (account, region, id)
    );
    CREATE INDEX kms_keys_by_deletion ON kms_keys (deletion_at);
    CREATE INDEX kms_keys_by_rotation ON kms_keys (rotation_at);

    CREATE TABLE kms_materials (
      account TEXT NOT NULL, region TEXT NOT NULL, key_id TEXT NOT NULL, id TEXT NOT NULL,
      position INTEGER NOT NULL, state TEXT NOT NULL, rotated_at BIGINT, rotation_type TEXT,
      PRIMARY KEY (account, region, key_id, id)
    );

    CREATE TABLE kms_aliases (
      account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
      PRIMARY KEY (account, region, name)
    );
    CREATE INDEX kms_aliases_by_key ON kms_aliases (account, region, key_id);

    CREATE TABLE kms_grants (
      account TEXT NOT NULL, region TEXT NOT NULL, key_id TEXT NOT NULL, id TEXT NOT NULL,
      name TEXT NOT NULL, created_at BIGINT NOT NULL, issuing_account TEXT NOT NULL,
      grantee TEXT NOT NULL, grantee_is_service INTEGER NOT NULL, grantee_unique_id TEXT,
      retiring TEXT, retiring_is_service INTEGER NOT NULL,
      operations TEXT NOT NULL, constraints TEXT NOT NULL, fingerprint TEXT NOT NULL,
      PRIMARY KEY (account, region, key_id, id)
    );
    CREATE INDEX kms_grants_by_grantee ON kms_grants (account, region, key_id, grantee);
    CREATE INDEX kms_grants_by_retiring ON kms_grants (region, retiring);

    CREATE TABLE kms_usage (
      account TEXT NOT NULL, region TEXT NOT NULL, key_id TEXT NOT NULL,
      operation TEXT NOT NULL, used_at BIGINT NOT NULL, request_id TEXT NOT NULL, event_id TEXT,
      PRIMARY KEY (account, region, key_id)
    );

    CREATE TABLE kms_owned_keys (
      account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, material TEXT NOT NULL,
      PRIMARY KEY (account, region, service)
    );
    CREATE INDEX kms_owned_keys_by_material ON kms_owned_keys (material);

    CREATE TABLE kms_changes (seq BIGINT PRIMARY KEY, ref TEXT NOT NULL);`,
  },
  // The public half of a key pair: what needs it alone never asks the key store.
  { id: 2, sql: "ALTER TABLE kms_materials ADD COLUMN public_key BLOB" },
  {
    // Imported material; `import_state` is null for material that was made here. `erased_at`: since when the key store
    // owes its destruction. `erasures` counts what was taken away from a key.
    id: 3,
    sql: `ALTER TABLE kms_materials ADD COLUMN import_state TEXT;
    ALTER TABLE kms_materials ADD COLUMN description TEXT;
    ALTER TABLE kms_materials ADD COLUMN valid_to BIGINT;
    ALTER TABLE kms_materials ADD COLUMN erased_at BIGINT;
    ALTER TABLE kms_keys ADD COLUMN erasures BIGINT NOT NULL DEFAULT 0;
    CREATE INDEX kms_materials_by_end ON kms_materials (valid_to);
    CREATE INDEX kms_materials_by_erasure ON kms_materials (erased_at);`,
  },
  {
    // Related multi-Region keys are the rows with one account and id. `primary_region` is the same in all of them, and
    // null for single-Region keys. `kms_region_work`: what another Region still has to do, see multi-region/finish.ts.
    id: 4,
    sql: `ALTER TABLE kms_keys ADD COLUMN primary_region TEXT;
    CREATE INDEX kms_keys_by_family ON kms_keys (account, id) WHERE primary_region IS NOT NULL;

    CREATE TABLE kms_region_work (
      account TEXT NOT NULL, region TEXT NOT NULL, key_id TEXT NOT NULL, event TEXT NOT NULL,
      PRIMARY KEY (account, region, key_id)
    );`,
  },
  {
    id: 5,
    sql: `CREATE TABLE kms_custom_key_stores (
      account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
      name TEXT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL,
      state TEXT NOT NULL, state_since BIGINT NOT NULL, error_code TEXT,
      facts TEXT NOT NULL, secret BLOB NOT NULL,
      PRIMARY KEY (account, region, id)
    );
    CREATE UNIQUE INDEX kms_custom_key_stores_by_name ON kms_custom_key_stores (account, region, name);

    ALTER TABLE kms_keys ADD COLUMN custom_store TEXT;
    ALTER TABLE kms_keys ADD COLUMN external_key TEXT;
    CREATE UNIQUE INDEX kms_keys_by_external_key ON kms_keys (account, region, custom_store, external_key)
      WHERE custom_store IS NOT NULL;`,
  },
  {
    // What was asked of KMS, by the month of the request (UTC) and whoever pays; `key_arn` and `service` are empty where
    // there is none. `kms_past_keys`: until when keys that are gone cost something.
    id: 7,
    sql: `CREATE TABLE kms_requests (
      month TEXT NOT NULL, account TEXT NOT NULL, key_arn TEXT NOT NULL, operation TEXT NOT NULL,
      service TEXT NOT NULL, price TEXT NOT NULL, count BIGINT NOT NULL,
      PRIMARY KEY (account, month, key_arn, operation, service, price)
    );
    CREATE TABLE kms_past_keys (
      account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
      created_at BIGINT NOT NULL, free_at BIGINT NOT NULL, rotated_at BIGINT, rotated_again_at BIGINT,
      PRIMARY KEY (account, region, id)
    );`,
  },
  {
    // RSA keys with which services of the house sign (CloudTrail its digests); see owned/signing-keys.ts.
    id: 20,
    sql: `CREATE TABLE kms_owned_signing_keys (
      account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, material TEXT NOT NULL,
      public_key BLOB NOT NULL, made_at BIGINT NOT NULL,
      PRIMARY KEY (account, region, service, material)
    );
    CREATE INDEX kms_owned_signing_keys_by_material ON kms_owned_signing_keys (material);`,
  },
];
