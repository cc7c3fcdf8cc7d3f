import type { ReadTx, WriteTx } from "../../../store/index.js";
import { OBJECT_COLUMNS, type StoredObject, valuesOf } from "./objects.js";
import { FIRST_PLACE, MARKER_VALUES, type NamedMarker, valuesOfMarker } from "./versions.js";

interface Made {
  readonly bucketId: string;
  readonly key: string;
  readonly modifiedMs: number;
}

/** When what follows in time was made: undefined where nothing of the key is newer, so that what is placed is the latest. */
export async function madeAfter(tx: ReadTx, { bucketId, key, modifiedMs }: Made): Promise<number | undefined> {
  const which = [bucketId, Buffer.from(key), modifiedMs] as const;
  const row = await tx.get<{ next: number | null }>(
    `SELECT MIN(modified_ms) AS next FROM (
       SELECT modified_ms FROM objects WHERE bucket_id = ? AND key = ? AND modified_ms > ?
       UNION ALL SELECT modified_ms FROM versions WHERE bucket_id = ? AND key = ? AND modified_ms > ?
     ) AS newer`,
    ...which,
    ...which,
  );
  return row?.next === null || row?.next === undefined ? undefined : Number(row.next);
}

/** Places a version that came late beneath those that were made after it, the next of them at `nextMs`. */
export async function placeOlderObject(tx: WriteTx, object: StoredObject, nextMs: number): Promise<void> {
  const values = valuesOf(object);
  const place = await makePlace(tx, object);
  await tx.run(
    `INSERT INTO versions (${OBJECT_COLUMNS}, place, is_marker, noncurrent_ms)
     VALUES (${values.map(() => "?").join(", ")}, ?, 0, ?)`,
    ...values,
    place,
    nextMs,
  );
}

/** The same for a delete marker, which then hides nothing. */
export async function placeOlderMarker(tx: WriteTx, marker: NamedMarker, nextMs: number): Promise<void> {
  const place = await makePlace(tx, marker);
  await tx.run(
    `INSERT INTO versions (${OBJECT_COLUMNS}, place, is_marker, noncurrent_ms) VALUES (${MARKER_VALUES}, ?, 1, ?)`,
    ...valuesOfMarker(marker),
    place,
    nextMs,
  );
}

/** Moves the newer ones up, and lets what is older become noncurrent when this was made. */
async function makePlace(tx: WriteTx, { bucketId, key, modifiedMs }: Made): Promise<number> {
  const which = [bucketId, Buffer.from(key)] as const;
  const where = "WHERE bucket_id = ? AND key = ?";
  const row = await tx.get<{ older: number | null; bottom: number | null }>(
    `SELECT MIN(CASE WHEN modified_ms <= ? THEN place END) AS older, MAX(place) AS bottom FROM versions ${where}`,
    modifiedMs,
    ...which,
  );
  if (row?.older === null || row?.older === undefined) return Number(row?.bottom ?? FIRST_PLACE - 2) + 1;
  const older = Number(row.older);
  await tx.run(
    `UPDATE versions SET noncurrent_ms = ? ${where} AND place = ? AND noncurrent_ms IS NOT NULL`,
    modifiedMs,
    ...which,
    older,
  );
  // By way of places that none has: two rows of a key may have no place in common, not even meanwhile.
  await tx.run(`UPDATE versions SET place = -place ${where} AND place < ?`, ...which, older);
  await tx.run(`UPDATE versions SET place = -place - 1 ${where} AND place < 0`, ...which);
  return older - 1;
}
