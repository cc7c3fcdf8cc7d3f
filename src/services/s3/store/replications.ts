import type { ReadTx, WriteTx } from "../../../store/index.js";
import { findVersion, updateVersion } from "./versions.js";

export type ReplicationStatus = "PENDING" | "COMPLETED" | "FAILED" | "REPLICA";

/** A version has a task for each destination, of which there are no more than rules; some of each may be left of rules before. */
const MOST_OF_A_VERSION = 10_000;

/** What a rule said when the version was made. */
export interface ReplicationTask {
  readonly role: string;
  readonly ruleId: string;
  /** A bucket's name. */
  readonly destination: string;
  readonly account?: string | undefined;
  readonly changesOwner: boolean;
  readonly storageClass?: string | undefined;
  readonly kmsKeyId?: string | undefined;
}

/** A version, or a delete marker, that is still to be brought to one destination. */
export interface NewReplication {
  readonly bucketId: string;
  readonly key: string;
  readonly versionId: string;
  readonly isMarker: boolean;
  readonly task: ReplicationTask;
  readonly createdMs: number;
}

export interface Replication extends NewReplication {
  readonly id: number;
  readonly attempts: number;
}

/** It is due at once, unless somebody else takes care of it until then. */
export async function insertReplication(tx: WriteTx, one: NewReplication, dueMs = one.createdMs): Promise<void> {
  await tx.run(
    `INSERT INTO replications (bucket_id, key, version_id, is_marker, task, created_ms, due_ms, attempts)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
    one.bucketId,
    Buffer.from(one.key),
    one.versionId,
    one.isMarker ? 1 : 0,
    JSON.stringify(one.task),
    one.createdMs,
    dueMs,
  );
}

/** Those whose time has come, oldest first, after this one. */
export async function replicationsDue(tx: ReadTx, after: number, nowMs: number, limit: number): Promise<Replication[]> {
  const rows = await tx.all<ReplicationRow>(
    "SELECT * FROM replications WHERE id > ? AND due_ms <= ? ORDER BY id LIMIT ?",
    after,
    nowMs,
    limit,
  );
  return rows.map(replicationOfRow);
}

/** What is still to be done of one version. */
export async function replicationsOf(
  tx: ReadTx,
  { bucketId, key, versionId }: Pick<NewReplication, "bucketId" | "key" | "versionId">,
): Promise<Replication[]> {
  const rows = await tx.all<ReplicationRow>(
    "SELECT * FROM replications WHERE bucket_id = ? AND key = ? AND version_id = ? ORDER BY id LIMIT ?",
    bucketId,
    Buffer.from(key),
    versionId,
    MOST_OF_A_VERSION,
  );
  return rows.map(replicationOfRow);
}

const replicationOfRow = (row: ReplicationRow): Replication => ({
  id: Number(row.id),
  bucketId: row.bucket_id,
  key: Buffer.from(row.key).toString(),
  versionId: row.version_id,
  isMarker: Number(row.is_marker) === 1,
  task: JSON.parse(row.task) as ReplicationTask, // written by insertReplication
  createdMs: Number(row.created_ms),
  attempts: Number(row.attempts),
});

export async function postponeReplication(tx: WriteTx, id: number, dueMs: number): Promise<void> {
  await tx.run("UPDATE replications SET due_ms = ?, attempts = attempts + 1 WHERE id = ?", dueMs, id);
}

/** Takes one from the queue. The version's status is told by the last of its destinations, and FAILED by any. */
export async function endReplication(tx: WriteTx, one: Replication, status: "COMPLETED" | "FAILED"): Promise<void> {
  await tx.run("DELETE FROM replications WHERE id = ?", one.id);
  if (one.isMarker) return;
  const others = await tx.get(
    "SELECT 1 AS found FROM replications WHERE bucket_id = ? AND key = ? AND version_id = ? LIMIT 1",
    one.bucketId,
    Buffer.from(one.key),
    one.versionId,
  );
  const { object } = await findVersion(tx, one.bucketId, one.key, one.versionId);
  const stays = object?.headers.replication === "FAILED" || (status === "COMPLETED" && others !== undefined);
  if (!stays) await setReplicationStatus(tx, one.bucketId, one.key, one.versionId, status);
}

/** A replica says that it is one, wherever it is brought from here. */
export async function setReplicationStatus(
  tx: WriteTx,
  bucketId: string,
  key: string,
  versionId: string,
  replication: ReplicationStatus,
): Promise<void> {
  const { object } = await findVersion(tx, bucketId, key, versionId);
  if (object === undefined || object.headers.replication === "REPLICA") return;
  await updateVersion(tx, object, "headers", JSON.stringify({ ...object.headers, replication }));
}

interface ReplicationRow {
  readonly id: number;
  readonly bucket_id: string;
  readonly key: Uint8Array;
  readonly version_id: string;
  readonly is_marker: number;
  readonly task: string;
  readonly created_ms: number;
  readonly attempts: number;
}
