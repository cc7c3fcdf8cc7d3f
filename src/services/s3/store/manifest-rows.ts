import type { ReadTx } from "../../../store/index.js";
import { OBJECT_COLUMNS, type ObjectRow, objectOf, type StoredObject } from "./objects.js";

/** Keys from `from` on and below `before`. */
export interface KeyRange {
  readonly from: Buffer;
  readonly before: Buffer | undefined;
}

/** Current objects after that key, in the order of their keys. */
export async function currentInRange(
  tx: ReadTx,
  bucketId: string,
  { from, before }: KeyRange,
  after: Buffer | undefined,
  limit: number,
): Promise<StoredObject[]> {
  const rows = await tx.all<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM objects WHERE bucket_id = ? AND key >= ? ${after ? "AND key > ?" : ""}
     ${before ? "AND key < ?" : ""} ORDER BY key LIMIT ?`,
    bucketId,
    from,
    ...(after ? [after] : []),
    ...(before ? [before] : []),
    limit,
  );
  return rows.map(objectOf);
}

/** Versions that are no longer current, without delete markers: of one key the oldest first. */
export async function noncurrentInRange(
  tx: ReadTx,
  bucketId: string,
  { from, before }: KeyRange,
  after: { readonly key: Buffer; readonly place: number } | undefined,
  limit: number,
): Promise<{ readonly object: StoredObject; readonly place: number }[]> {
  const rows = await tx.all<ObjectRow & { place: number }>(
    `SELECT ${OBJECT_COLUMNS}, place FROM versions WHERE bucket_id = ? AND is_marker = 0 AND key >= ?
     ${after ? "AND (key > ? OR place < ?)" : ""} ${before ? "AND key < ?" : ""} ORDER BY key, place DESC LIMIT ?`,
    bucketId,
    after?.key ?? from,
    ...(after ? [after.key, after.place] : []),
    ...(before ? [before] : []),
    limit,
  );
  return rows.map((row) => ({ object: objectOf(row), place: Number(row.place) }));
}
