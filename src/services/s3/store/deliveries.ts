import type { ReadTx, WriteTx } from "../../../store/index.js";

/** An object that S3 will write by itself, whole and under its final name: a log, a report. */
export interface NewDelivery {
  /** Whose it is: the id of the bucket that it tells of. */
  readonly sourceId: string;
  readonly plannedMs: number;
  readonly plan: DeliveryPlan;
  readonly body: Uint8Array;
}

export interface Delivery extends NewDelivery {
  readonly id: number;
}

export interface DeliveryPlan {
  /** The principal that writes: `logging.s3.amazonaws.com`. */
  readonly service: string;
  readonly account: string;
  /** Of the target. */
  readonly region: string;
  readonly sourceArn: string;
  readonly bucket: string;
  /** Of the target, where it must be a certain one. */
  readonly owner?: string | undefined;
  readonly key: string;
  readonly contentType: string;
  readonly contentEncoding?: string | undefined;
  /** Undefined: SSE-S3. */
  readonly kmsKeyId?: string | undefined;
}

export async function insertDelivery(tx: WriteTx, { sourceId, plannedMs, plan, body }: NewDelivery): Promise<void> {
  await tx.run(
    "INSERT INTO deliveries (source_id, planned_ms, plan, body) VALUES (?, ?, ?, ?)",
    sourceId,
    plannedMs,
    JSON.stringify(plan),
    body,
  );
}

/** Not written yet, oldest first, after this one. */
export async function deliveriesAfter(tx: ReadTx, id: number, limit: number): Promise<Delivery[]> {
  const rows = await tx.all<DeliveryRow>("SELECT * FROM deliveries WHERE id > ? ORDER BY id LIMIT ?", id, limit);
  return rows.map((row) => ({
    id: Number(row.id),
    sourceId: row.source_id,
    plannedMs: Number(row.planned_ms),
    plan: JSON.parse(row.plan) as DeliveryPlan, // written by insertDelivery
    body: row.body,
  }));
}

export async function deleteDelivery(tx: WriteTx, id: number): Promise<void> {
  await tx.run("DELETE FROM deliveries WHERE id = ?", id);
}

interface DeliveryRow {
  readonly id: number;
  readonly source_id: string;
  readonly planned_ms: number;
  readonly plan: string;
  readonly body: Uint8Array;
}
