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

interface Noncurrent {
  readonly object: StoredObject;
  readonly place: number;
}

/** Versions that are no longer current, without delete markers: of one key the oldest first. */
export async function noncurrentInRange(
  tx: ReadTx,
  bucketId: string,
  { from, before }: KeyRange,
  after: { readonly key: Buffer; readonly place: number } | undefined,
  limit: number,
): Promise<Noncurrent[]> {
  const columns = `SELECT ${OBJECT_COLUMNS}, place FROM versions WHERE bucket_id = ? AND is_marker = 0`;
  // The rest of the key that the list stands in, by itself: else each page would sort all versions of that key.
  const rest = after
    ? await tx.all<PlacedRow>(
        `${columns} AND key = ? AND place < ? ORDER BY place DESC LIMIT ?`,
        bucketId,
        after.key,
        after.place,
        limit,
      )
    : [];
  if (rest.length === limit) return rest.map(noncurrentOf);
  const others = await tx.all<PlacedRow>(
    `${columns} AND key ${after ? ">" : ">="} ? ${before ? "AND key < ?" : ""} ORDER BY key, place DESC LIMIT ?`,
    bucketId,
    after?.key ?? from,
    ...(before ? [before] : []),
    limit - rest.length,
  );
  return [...rest, ...others].map(noncurrentOf);
}

type PlacedRow = ObjectRow & { readonly place: number };

const noncurrentOf = (row: PlacedRow): Noncurrent => ({ object: objectOf(row), place: Number(row.place) });
