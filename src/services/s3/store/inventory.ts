import type { ReadTx, WriteTx } from "../../../store/index.js";
import { OBJECT_COLUMNS, type ObjectRow, objectOf, type StoredObject } from "./objects.js";

/** A version as a report lists it; of a delete marker only key, version and time mean something. */
export interface InventoryRow {
  readonly object: StoredObject;
  readonly isMarker: boolean;
  readonly isLatest: boolean;
}

/** Where a report stands: the current objects come first, then all other versions and markers. */
export interface InventoryPosition {
  readonly table: "objects" | "versions";
  /** Hex. */
  readonly key: string;
  readonly place: number;
}

/** A report on its way, or the last one that was made. */
export interface InventoryRun {
  readonly bucketId: string;
  readonly id: string;
  /** The day, or the week's first, that it is for. */
  readonly period: string;
  readonly startedMs: number;
  readonly position: InventoryPosition | undefined;
  readonly files: readonly { readonly key: string; readonly size: number; readonly MD5checksum: string }[];
}

/** The buckets that have the setting, by their ids. */
export async function bucketsWithSetting(tx: ReadTx, name: string, after: string, limit: number): Promise<string[]> {
  const rows = await tx.all<{ bucket_id: string }>(
    "SELECT bucket_id FROM bucket_settings WHERE name = ? AND bucket_id > ? ORDER BY bucket_id LIMIT ?",
    name,
    after,
    limit,
  );
  return rows.map((row) => row.bucket_id);
}

export async function selectInventoryRun(tx: ReadTx, bucketId: string, id: string): Promise<InventoryRun | undefined> {
  const row = await tx.get<{ run: string }>(
    "SELECT run FROM inventory_runs WHERE bucket_id = ? AND id = ?",
    bucketId,
    id,
  );
  return row && (JSON.parse(row.run) as InventoryRun); // written by putInventoryRun
}

export async function putInventoryRun(tx: WriteTx, run: InventoryRun): Promise<void> {
  await tx.run(
    `INSERT INTO inventory_runs (bucket_id, id, run) VALUES (?, ?, ?)
     ON CONFLICT (bucket_id, id) DO UPDATE SET run = excluded.run`,
    run.bucketId,
    run.id,
    JSON.stringify(run),
  );
}

export async function deleteInventoryRun(tx: WriteTx, bucketId: string, id: string): Promise<void> {
  await tx.run("DELETE FROM inventory_runs WHERE bucket_id = ? AND id = ?", bucketId, id);
}

export async function currentAfter(tx: ReadTx, bucketId: string, key: Buffer, limit: number): Promise<InventoryRow[]> {
  const rows = await tx.all<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM objects WHERE bucket_id = ? AND key > ? ORDER BY key LIMIT ?`,
    bucketId,
    key,
    limit,
  );
  return rows.map((row) => ({ object: objectOf(row), isMarker: false, isLatest: true }));
}

export async function othersAfter(
  tx: ReadTx,
  bucketId: string,
  key: Buffer,
  place: number,
  limit: number,
): Promise<(InventoryRow & { readonly place: number })[]> {
  const rows = await tx.all<ObjectRow & { is_marker: number; noncurrent_ms: number | null; place: number }>(
    `SELECT ${OBJECT_COLUMNS}, is_marker, noncurrent_ms, place FROM versions
     WHERE bucket_id = ? AND (key, place) > (?, ?) ORDER BY key, place LIMIT ?`,
    bucketId,
    key,
    place,
    limit,
  );
  return rows.map((row) => ({
    object: objectOf(row),
    isMarker: Number(row.is_marker) === 1,
    isLatest: row.noncurrent_ms === null,
    place: Number(row.place),
  }));
}
