import type { ReadTx, WriteTx } from "../../../store/index.js";
import { type Annotation, setAnnotationReplication } from "./annotations.js";
import type { StoredObject } from "./objects.js";
import type { ReplicationTask } from "./replications.js";

/** One annotation's text that is still to be brought to one destination, beside the replica of its version. */
export interface AnnotationReplication {
  readonly id: number;
  readonly bucketId: string;
  readonly key: string;
  readonly versionId: string;
  readonly name: string;
  /** The annotation's own: a later text of the same name has another, and a task of its own. */
  readonly bodyId: string;
  readonly task: ReplicationTask;
  readonly createdMs: number;
  readonly attempts: number;
}

/** What waits for a destination already is not queued twice. Due at once, unless somebody else takes care of it until then. */
export async function insertAnnotationReplications(
  tx: WriteTx,
  version: Pick<StoredObject, "bucketId" | "key" | "versionId">,
  annotation: Pick<Annotation, "name" | "bodyId">,
  tasks: readonly ReplicationTask[],
  createdMs: number,
  dueMs = createdMs,
): Promise<void> {
  const rows = await tx.all<{ task: string }>(
    "SELECT task FROM annotation_replications WHERE body_id = ? LIMIT 10000",
    annotation.bodyId,
  );
  const waiting = new Set(rows.map(({ task }) => taskOf(task).destination));
  for (const task of tasks.filter(({ destination }) => !waiting.has(destination))) {
    await tx.run(
      `INSERT INTO annotation_replications
         (bucket_id, key, version_id, name, body_id, task, created_ms, due_ms, attempts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      version.bucketId,
      Buffer.from(version.key),
      version.versionId,
      Buffer.from(annotation.name),
      annotation.bodyId,
      JSON.stringify(task),
      createdMs,
      dueMs,
    );
  }
  if (tasks.length > 0) await setAnnotationReplication(tx, annotation.bodyId, "PENDING");
}

/** Those whose time has come, oldest first, after this one. */
export async function annotationReplicationsDue(
  tx: ReadTx,
  after: number,
  nowMs: number,
  limit: number,
): Promise<AnnotationReplication[]> {
  const rows = await tx.all<AnnotationReplicationRow>(
    "SELECT * FROM annotation_replications WHERE id > ? AND due_ms <= ? ORDER BY id LIMIT ?",
    after,
    nowMs,
    limit,
  );
  return rows.map(replicationOfRow);
}

/** What is still to be done of one version, after this one. */
export async function annotationReplicationsOf(
  tx: ReadTx,
  { bucketId, key, versionId }: Pick<AnnotationReplication, "bucketId" | "key" | "versionId">,
  after: number,
  limit: number,
): Promise<AnnotationReplication[]> {
  const rows = await tx.all<AnnotationReplicationRow>(
    `SELECT * FROM annotation_replications
     WHERE bucket_id = ? AND key = ? AND version_id = ? AND id > ? ORDER BY id LIMIT ?`,
    bucketId,
    Buffer.from(key),
    versionId,
    after,
    limit,
  );
  return rows.map(replicationOfRow);
}

const replicationOfRow = (row: AnnotationReplicationRow): AnnotationReplication => ({
  id: Number(row.id),
  bucketId: row.bucket_id,
  key: Buffer.from(row.key).toString(),
  versionId: row.version_id,
  name: Buffer.from(row.name).toString(),
  bodyId: row.body_id,
  task: taskOf(row.task),
  createdMs: Number(row.created_ms),
  attempts: Number(row.attempts),
});

export async function postponeAnnotationReplication(tx: WriteTx, id: number, dueMs: number): Promise<void> {
  await tx.run("UPDATE annotation_replications SET due_ms = ?, attempts = attempts + 1 WHERE id = ?", dueMs, id);
}

/** Of what is gone, or has another text by now, nothing is told. */
export async function dropAnnotationReplication(tx: WriteTx, id: number): Promise<void> {
  await tx.run("DELETE FROM annotation_replications WHERE id = ?", id);
}

/** Takes one from the queue. The annotation's status is told by the last of its destinations, and FAILED by any. */
export async function endAnnotationReplication(
  tx: WriteTx,
  one: AnnotationReplication,
  status: "COMPLETED" | "FAILED",
): Promise<void> {
  await dropAnnotationReplication(tx, one.id);
  const others = await tx.get("SELECT 1 AS found FROM annotation_replications WHERE body_id = ? LIMIT 1", one.bodyId);
  const known = await tx.get<{ replication: string | null }>(
    "SELECT replication FROM annotations WHERE body_id = ?",
    one.bodyId,
  );
  const stays = known?.replication === "FAILED" || (status === "COMPLETED" && others !== undefined);
  if (!stays) await setAnnotationReplication(tx, one.bodyId, status);
}

const taskOf = (text: string) => JSON.parse(text) as ReplicationTask; // written by insertAnnotationReplications

interface AnnotationReplicationRow {
  readonly id: number;
  readonly bucket_id: string;
  readonly key: Uint8Array;
  readonly version_id: string;
  readonly name: Uint8Array;
  readonly body_id: string;
  readonly task: string;
  readonly created_ms: number;
  readonly attempts: number;
}
