import type { ReadTx, WriteTx } from "../../../store/index.js";
import type { Tag } from "../tagging.js";
import { type Bucket, selectBucket } from "./buckets.js";
import type { ObjectHeaders } from "./objects.js";

/** How far the run of a day has come in a bucket: every kind of thing in its turn, each in order of key and place. */
export interface Run {
  readonly bucketId: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly stage: Stage | "done";
  readonly key: Buffer;
  readonly place: number;
}

export const STAGES = ["objects", "versions", "uploads"] as const;
export type Stage = (typeof STAGES)[number];

export async function selectRun(tx: ReadTx, bucketId: string): Promise<Run | undefined> {
  const row = await tx.get<{ day: number; stage: Run["stage"]; key: Uint8Array; place: number }>(
    "SELECT day, stage, key, place FROM lifecycle_runs WHERE bucket_id = ?",
    bucketId,
  );
  return (
    row && { bucketId, day: Number(row.day), stage: row.stage, key: Buffer.from(row.key), place: Number(row.place) }
  );
}

export async function saveRun(tx: WriteTx, run: Run): Promise<void> {
  await tx.run(
    `INSERT INTO lifecycle_runs (bucket_id, day, stage, key, place) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (bucket_id) DO UPDATE SET day = excluded.day, stage = excluded.stage, key = excluded.key,
       place = excluded.place`,
    run.bucketId,
    run.day,
    run.stage,
    run.key,
    run.place,
  );
}

/** New rules act soon, not with the next day. */
export async function forgetRun(tx: WriteTx, bucketId: string): Promise<void> {
  await tx.run("DELETE FROM lifecycle_runs WHERE bucket_id = ?", bucketId);
}

/** The buckets that have that setting, by name. */
export async function bucketsWith(tx: ReadTx, setting: string, after: string, limit: number): Promise<Bucket[]> {
  const rows = await tx.all<{ name: string }>(
    `SELECT b.name AS name FROM bucket_settings s JOIN buckets b ON b.id = s.bucket_id
     WHERE s.name = ? AND b.name > ? ORDER BY b.name LIMIT ?`,
    setting,
    after,
    limit,
  );
  const buckets: Bucket[] = [];
  for (const { name } of rows) {
    const bucket = await selectBucket(tx, name);
    if (bucket) buckets.push(bucket);
  }
  return buckets;
}

/** What the rules of a bucket are asked about. */
export interface Candidate {
  readonly key: string;
  readonly place: number;
  readonly versionId: string;
  readonly bodyId: string;
  readonly bytes: number;
  readonly tags: readonly Tag[];
  readonly modifiedMs: number;
  readonly storageClass: string;
  readonly isMarker: boolean;
  /** Null for what is the latest version of its key. */
  readonly noncurrentMs: number | null;
}

const COLUMNS = "key, version_id, body_id, size, tags, modified_ms, headers";

export async function currentCandidates(
  tx: ReadTx,
  bucketId: string,
  after: Pick<Run, "key">,
  limit: number,
): Promise<Candidate[]> {
  const rows = await tx.all<CandidateRow>(
    `SELECT ${COLUMNS}, 0 AS place, 0 AS is_marker, NULL AS noncurrent_ms FROM objects
     WHERE bucket_id = ? AND key > ? ORDER BY key LIMIT ?`,
    bucketId,
    after.key,
    limit,
  );
  return rows.map(candidateOf);
}

/** Noncurrent versions and delete markers, the newest of a key first. */
export async function versionCandidates(
  tx: ReadTx,
  bucketId: string,
  after: Pick<Run, "key" | "place">,
  limit: number,
): Promise<Candidate[]> {
  const rows = await tx.all<CandidateRow>(
    `SELECT ${COLUMNS}, place, is_marker, noncurrent_ms FROM versions
     WHERE bucket_id = ? AND (key, place) > (?, ?) ORDER BY key, place LIMIT ?`,
    bucketId,
    after.key,
    after.place,
    limit,
  );
  return rows.map(candidateOf);
}

/** How many noncurrent versions of the key are newer than that place. */
export async function newerNoncurrent(tx: ReadTx, bucketId: string, key: string, place: number): Promise<number> {
  const row = await tx.get<{ count: number }>(
    `SELECT COUNT(*) AS count FROM versions
     WHERE bucket_id = ? AND key = ? AND place < ? AND noncurrent_ms IS NOT NULL`,
    bucketId,
    Buffer.from(key),
    place,
  );
  return Number(row?.count ?? 0);
}

/** A key of which nothing is left but the delete marker that hides it. */
export async function isLoneMarker(tx: ReadTx, bucketId: string, key: string): Promise<boolean> {
  const rows = await tx.all<{ noncurrent_ms: number | null }>(
    "SELECT noncurrent_ms FROM versions WHERE bucket_id = ? AND key = ? ORDER BY place LIMIT 2",
    bucketId,
    Buffer.from(key),
  );
  return rows.length === 1 && rows[0]?.noncurrent_ms === null;
}

interface CandidateRow {
  readonly key: Uint8Array;
  readonly place: number;
  readonly version_id: string;
  readonly body_id: string;
  readonly size: number;
  readonly tags: string;
  readonly modified_ms: number;
  readonly headers: string;
  readonly is_marker: number;
  readonly noncurrent_ms: number | null;
}

const candidateOf = (row: CandidateRow): Candidate => ({
  key: Buffer.from(row.key).toString(),
  place: Number(row.place),
  versionId: row.version_id,
  bodyId: row.body_id,
  bytes: Number(row.size),
  tags: JSON.parse(row.tags) as Tag[], // written by insertObject
  modifiedMs: Number(row.modified_ms),
  storageClass: (JSON.parse(row.headers) as Partial<ObjectHeaders>).storageClass ?? "", // written by insertObject
  isMarker: Number(row.is_marker) === 1,
  noncurrentMs: row.noncurrent_ms === null ? null : Number(row.noncurrent_ms),
});
