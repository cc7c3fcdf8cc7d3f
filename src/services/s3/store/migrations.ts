import type { Migration } from "../../../store/index.js";

/**
 * The database `s3`. Keys are stored as their UTF-8 bytes, so that both engines order
 * them as S3 does. An object names a body; a body is its pieces: one for a plain object, one a part otherwise.
 * All SQL of this service stands in this folder.
 */
export const S3_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE buckets (
        name TEXT NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL,
        created_ms BIGINT NOT NULL
      );
      CREATE INDEX buckets_by_account ON buckets (account, name);
      CREATE TABLE bucket_settings (
        bucket_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (bucket_id, name)
      );
      CREATE TABLE objects (
        bucket_id TEXT NOT NULL, key BLOB NOT NULL, version_id TEXT NOT NULL, body_id TEXT NOT NULL,
        size BIGINT NOT NULL, etag TEXT NOT NULL, modified_ms BIGINT NOT NULL, parts INTEGER NOT NULL,
        headers TEXT NOT NULL, tags TEXT NOT NULL, checksum TEXT NOT NULL, encryption TEXT NOT NULL,
        data_key BLOB NOT NULL,
        PRIMARY KEY (bucket_id, key, version_id)
      );
      CREATE TABLE uploads (
        id TEXT NOT NULL PRIMARY KEY, bucket_id TEXT NOT NULL, key BLOB NOT NULL, initiated_ms BIGINT NOT NULL,
        initiator TEXT NOT NULL, key_existed INTEGER NOT NULL, headers TEXT NOT NULL, tags TEXT NOT NULL,
        checksum TEXT NOT NULL, encryption TEXT NOT NULL, data_key BLOB NOT NULL
      );
      CREATE INDEX uploads_by_key ON uploads (bucket_id, key, id);
      CREATE TABLE pieces (
        body_id TEXT NOT NULL, part INTEGER NOT NULL, piece_id TEXT NOT NULL, size BIGINT NOT NULL,
        etag TEXT NOT NULL, modified_ms BIGINT NOT NULL, checksum TEXT NOT NULL, blob TEXT, sealed BLOB,
        PRIMARY KEY (body_id, part)
      );
      CREATE INDEX pieces_by_blob ON pieces (blob);
    `,
  },
  {
    id: 2,
    // `objects` holds the current object of each key, of any version id; `versions` holds every other version and every
    // delete marker, with the same columns. Whoever adds a column to one adds it to both, and to OBJECT_COLUMNS.
    sql: `
      ALTER TABLE objects ADD COLUMN object_lock TEXT NOT NULL DEFAULT '';
      ALTER TABLE objects ADD COLUMN restore TEXT NOT NULL DEFAULT '';
      ALTER TABLE uploads ADD COLUMN object_lock TEXT NOT NULL DEFAULT '';
      CREATE TABLE versions (
        bucket_id TEXT NOT NULL, key BLOB NOT NULL, place BIGINT NOT NULL, version_id TEXT NOT NULL,
        is_marker INTEGER NOT NULL, noncurrent_ms BIGINT, body_id TEXT NOT NULL, size BIGINT NOT NULL,
        etag TEXT NOT NULL, modified_ms BIGINT NOT NULL, parts INTEGER NOT NULL, headers TEXT NOT NULL,
        tags TEXT NOT NULL, checksum TEXT NOT NULL, encryption TEXT NOT NULL, data_key BLOB NOT NULL,
        object_lock TEXT NOT NULL DEFAULT '', restore TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (bucket_id, key, place)
      );
      CREATE UNIQUE INDEX versions_by_id ON versions (bucket_id, key, version_id);
    `,
  },
  {
    id: 3,
    sql: `
      CREATE TABLE lifecycle_runs (
        bucket_id TEXT NOT NULL PRIMARY KEY, day INTEGER NOT NULL, stage TEXT NOT NULL, key BLOB NOT NULL,
        place BIGINT NOT NULL
      );
    `,
  },
  {
    id: 10,
    // Under DSSE-KMS a piece is sealed twice.
    sql: "ALTER TABLE pieces ADD COLUMN layers INTEGER NOT NULL DEFAULT 1",
  },
  {
    id: 15,
    sql: `
      CREATE TABLE object_acls (body_id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, grants TEXT NOT NULL);
      CREATE TABLE account_settings (
        account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name)
      );
    `,
  },
  {
    id: 20,
    // `event_sequence` outlives the events: their numbers never begin again.
    sql: `
      CREATE TABLE event_sequence (one INTEGER PRIMARY KEY, next BIGINT NOT NULL);
      CREATE TABLE events (
        id BIGINT NOT NULL PRIMARY KEY, destination TEXT NOT NULL, body TEXT NOT NULL, created_ms BIGINT NOT NULL,
        refusals INTEGER NOT NULL
      );
      CREATE INDEX events_by_destination ON events (destination, id);
    `,
  },
  {
    id: 21,
    sql: `
      CREATE TABLE access_lines (
        id INTEGER PRIMARY KEY, bucket_id TEXT NOT NULL, time_ms BIGINT NOT NULL, line TEXT NOT NULL
      );
      CREATE INDEX access_lines_by_bucket ON access_lines (bucket_id, id);
      CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, source_id TEXT NOT NULL, planned_ms BIGINT NOT NULL, plan TEXT NOT NULL,
        body BLOB NOT NULL
      );
    `,
  },
  {
    id: 22,
    sql: `
      CREATE TABLE replications (
        id INTEGER PRIMARY KEY, bucket_id TEXT NOT NULL, key BLOB NOT NULL, version_id TEXT NOT NULL,
        is_marker INTEGER NOT NULL, task TEXT NOT NULL, created_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL,
        attempts INTEGER NOT NULL
      );
      CREATE INDEX replications_by_version ON replications (bucket_id, key, version_id);
    `,
  },
  {
    id: 23,
    sql: `
      CREATE TABLE inventory_runs (
        bucket_id TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (bucket_id, id)
      );
      CREATE INDEX bucket_settings_by_name ON bucket_settings (name, bucket_id);
    `,
  },
  {
    id: 30,
    // `scrub` holds one JSON text a name; `damages` what was found broken, with the object's name as far as it is known.
    sql: `
      ALTER TABLE pieces ADD COLUMN mark BLOB;
      CREATE TABLE scrub (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE damages (
        body_id TEXT NOT NULL, part INTEGER NOT NULL, piece_id TEXT NOT NULL, damage TEXT NOT NULL,
        seen_ms BIGINT NOT NULL, bucket_id TEXT, key BLOB, PRIMARY KEY (body_id, part)
      );
    `,
  },
  {
    id: 31,
    // Small bodies lie in their rows and name no blob: their entries in the index would only cost.
    sql: `
      DROP INDEX pieces_by_blob;
      CREATE INDEX pieces_by_blob ON pieces (blob) WHERE blob IS NOT NULL;
    `,
  },
  {
    id: 45,
    // Analytics, metrics and intelligent-tiering configurations, each as JSON.
    sql: `
      CREATE TABLE bucket_configurations (
        bucket_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (bucket_id, kind, id)
      );
    `,
  },
  {
    id: 46,
    // Blobs of bodies that went while somebody may have been reading them: removed a while after they were seen here.
    sql: `
      CREATE TABLE removals (blob TEXT NOT NULL PRIMARY KEY, seen_ms BIGINT);
      CREATE INDEX removals_by_time ON removals (seen_ms, blob);
    `,
  },
  {
    id: 50,
    // What a list shows of an object, as `listed.ts` reads it, beside its key: neighbours of a list are neighbours in this
    // index, where their rows lie wherever they were written.
    sql: `
      ALTER TABLE objects ADD COLUMN listed TEXT NOT NULL GENERATED ALWAYS AS (
        size || char(1) || etag || char(1) || modified_ms || char(1)
        || COALESCE(headers ->> 'storageClass', '') || ' '
        || CASE WHEN (checksum ->> 'untold') IS NULL
             THEN COALESCE((checksum ->> 'algorithm') || ' ' || (checksum ->> 'type'), ' ') ELSE ' ' END
        || ' ' || restore
      ) VIRTUAL;
      CREATE INDEX objects_by_listing ON objects (bucket_id, key, listed, version_id);
    `,
  },
  {
    id: 51,
    // An annotation's body is one of `pieces`. `parent_id` is the body's of the object version that it belongs to.
    sql: `
      CREATE TABLE annotations (
        parent_id TEXT NOT NULL, name BLOB NOT NULL, bucket_id TEXT NOT NULL, key BLOB NOT NULL,
        body_id TEXT NOT NULL UNIQUE, encryption TEXT NOT NULL, data_key BLOB NOT NULL, PRIMARY KEY (parent_id, name)
      );
    `,
  },
  {
    id: 64,
    // An annotation's replication status, and what is still to be brought to a replica.
    sql: `
      ALTER TABLE annotations ADD COLUMN replication TEXT;
      CREATE TABLE annotation_replications (
        id INTEGER PRIMARY KEY, bucket_id TEXT NOT NULL, key BLOB NOT NULL, version_id TEXT NOT NULL, name BLOB NOT NULL,
        body_id TEXT NOT NULL, task TEXT NOT NULL, created_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL,
        attempts INTEGER NOT NULL
      );
      CREATE INDEX annotation_replications_by_body ON annotation_replications (body_id);
    `,
  },
  {
    id: 65,
    sql: "CREATE INDEX annotation_replications_by_version ON annotation_replications (bucket_id, key, version_id);",
  },
];
