import type { ReadTx, SqlValue, WriteTx } from "../../../store/index.js";
import type { ObjectEncryption } from "../encryption.js";
import type { Tag } from "../tagging.js";
import {
  deleteCurrent,
  insertObject,
  OBJECT_COLUMNS,
  type ObjectLock,
  type ObjectRow,
  objectOf,
  packed,
  type Restore,
  type StoredObject,
  selectObject,
} from "./objects.js";
import { freeBody } from "./removals.js";

/** Undefined while versioning was never turned on: then a key has one object, and a new one takes its place. */
export type Versioning = "Enabled" | "Suspended" | undefined;

/** The id of what is written while versioning is not on. A key has at most one version of it. */
export const NULL_VERSION = "null";

export interface DeleteMarker {
  readonly versionId: string;
  readonly modifiedMs: number;
}

export interface NamedMarker extends DeleteMarker {
  readonly bucketId: string;
  readonly key: string;
}

/** What stands under a key: an object, a delete marker, or nothing. */
export interface Found {
  readonly object?: StoredObject | undefined;
  readonly marker?: DeleteMarker | undefined;
  /** It is what a request without a version id would find. */
  readonly isLatest: boolean;
}

/** The version of that id; the latest when none is named. */
export async function findVersion(
  tx: ReadTx,
  bucketId: string,
  key: string,
  versionId: string | undefined,
): Promise<Found> {
  const object = await selectObject(tx, bucketId, key);
  if (object && (versionId === undefined || object.versionId === versionId)) return { object, isLatest: true };
  const row = await selectRow(tx, bucketId, key, versionId);
  if (!row) return { isLatest: false };
  const isLatest = row.noncurrent_ms === null;
  if (Number(row.is_marker) === 0) return { object: objectOf(row), isLatest };
  return { marker: { versionId: row.version_id, modifiedMs: Number(row.modified_ms) }, isLatest };
}

function selectRow(tx: ReadTx, bucketId: string, key: string, versionId: string | undefined) {
  const columns = `SELECT ${OBJECT_COLUMNS}, is_marker, noncurrent_ms FROM versions WHERE bucket_id = ? AND key = ?`;
  const where = [bucketId, Buffer.from(key)];
  return versionId === undefined
    ? tx.get<VersionRow>(`${columns} ORDER BY place LIMIT 1`, ...where)
    : tx.get<VersionRow>(`${columns} AND version_id = ?`, ...where, versionId);
}

/** Makes the object the latest version of its key. Returns the blobs that nobody names any more. */
export async function placeObject(tx: WriteTx, object: StoredObject, versioning: Versioning): Promise<string[]> {
  const freed = await makeRoom(tx, object, versioning);
  await insertObject(tx, object);
  return freed;
}

/** Makes a delete marker the latest version of the key. Returns the blobs that nobody names any more. */
export async function placeMarker(
  tx: WriteTx,
  marker: NamedMarker,
  versioning: "Enabled" | "Suspended",
): Promise<string[]> {
  const freed = await makeRoom(tx, marker, versioning);
  await tx.run(
    `INSERT INTO versions (${OBJECT_COLUMNS}, place, is_marker, noncurrent_ms)
     VALUES (${MARKER_VALUES}, ${NEXT_PLACE}, 1, NULL)`,
    ...valuesOfMarker(marker),
    marker.bucketId,
    Buffer.from(marker.key),
  );
  return freed;
}

/** For OBJECT_COLUMNS. */
export const MARKER_VALUES = "?, ?, ?, '', 0, '', ?, 0, '{}', '[]', '{}', '{}', ?, '', ''";

export const valuesOfMarker = (marker: NamedMarker): SqlValue[] => [
  marker.bucketId,
  Buffer.from(marker.key),
  marker.versionId,
  marker.modifiedMs,
  Buffer.alloc(0),
];

/** Removes that very version, whatever it is. The one before it becomes the latest, when it was that. */
export async function removeVersion(
  tx: WriteTx,
  bucketId: string,
  key: string,
  versionId: string,
): Promise<{ readonly freed: string[]; readonly wasMarker: boolean }> {
  const name = Buffer.from(key);
  const current = await tx.get<{ version_id: string }>(
    "SELECT version_id FROM objects WHERE bucket_id = ? AND key = ?",
    bucketId,
    name,
  );
  if (current?.version_id === versionId) {
    const freed = await deleteCurrent(tx, bucketId, key);
    await promote(tx, bucketId, name);
    return { freed, wasMarker: false };
  }
  const row = await selectRow(tx, bucketId, key, versionId);
  if (!row) return { freed: [], wasMarker: false };
  await tx.run("DELETE FROM versions WHERE bucket_id = ? AND key = ? AND version_id = ?", bucketId, name, versionId);
  if (row.noncurrent_ms === null) await promote(tx, bucketId, name);
  const wasMarker = Number(row.is_marker) === 1;
  return { freed: wasMarker ? [] : await freeBody(tx, row.body_id), wasMarker };
}

/** What was the latest version becomes noncurrent; where a null version comes, the one that was goes. */
async function makeRoom(
  tx: WriteTx,
  made: { readonly bucketId: string; readonly key: string; readonly versionId: string; readonly modifiedMs: number },
  versioning: Versioning,
): Promise<string[]> {
  const { bucketId, key, modifiedMs } = made;
  if (versioning === undefined) return deleteCurrent(tx, bucketId, key);
  const freed = made.versionId === NULL_VERSION ? await dropNull(tx, bucketId, key) : [];
  await demote(tx, bucketId, Buffer.from(key), modifiedMs);
  return freed;
}

/** Nothing is promoted here: a newer version is about to be placed. */
async function dropNull(tx: WriteTx, bucketId: string, key: string): Promise<string[]> {
  const current = await selectObject(tx, bucketId, key);
  if (current?.versionId === NULL_VERSION) return deleteCurrent(tx, bucketId, key);
  const row = await selectRow(tx, bucketId, key, NULL_VERSION);
  if (!row) return [];
  await tx.run(
    "DELETE FROM versions WHERE bucket_id = ? AND key = ? AND version_id = ?",
    bucketId,
    Buffer.from(key),
    NULL_VERSION,
  );
  return freeBody(tx, row.body_id);
}

/** Places fall: the newest version of a key has the smallest. */
export const FIRST_PLACE = 1_000_000_000_000_000;
const NEXT_PLACE = `(SELECT COALESCE(MIN(place), ${FIRST_PLACE}) - 1 FROM versions WHERE bucket_id = ? AND key = ?)`;

async function demote(tx: WriteTx, bucketId: string, key: Buffer, nowMs: number): Promise<void> {
  // Only the newest row can be a latest marker: none other has no time.
  await tx.run(
    `UPDATE versions SET noncurrent_ms = ? WHERE bucket_id = ? AND key = ? AND noncurrent_ms IS NULL
       AND place = (SELECT MIN(place) FROM versions WHERE bucket_id = ? AND key = ?)`,
    nowMs,
    bucketId,
    key,
    bucketId,
    key,
  );
  await tx.run(
    `INSERT INTO versions (${OBJECT_COLUMNS}, place, is_marker, noncurrent_ms)
     SELECT ${OBJECT_COLUMNS}, ${NEXT_PLACE}, 0, ? FROM objects WHERE bucket_id = ? AND key = ?`,
    bucketId,
    key,
    nowMs,
    bucketId,
    key,
  );
  await tx.run("DELETE FROM objects WHERE bucket_id = ? AND key = ?", bucketId, key);
}

/** The newest of what is left is the latest now: an object comes back to sight, a marker goes on hiding. */
async function promote(tx: WriteTx, bucketId: string, key: Buffer): Promise<void> {
  const newest = await tx.get<{ place: number; is_marker: number }>(
    "SELECT place, is_marker FROM versions WHERE bucket_id = ? AND key = ? ORDER BY place LIMIT 1",
    bucketId,
    key,
  );
  if (!newest) return;
  const where = "WHERE bucket_id = ? AND key = ? AND place = ?";
  const which = [bucketId, key, newest.place] as const;
  if (Number(newest.is_marker) === 1) {
    await tx.run(`UPDATE versions SET noncurrent_ms = NULL ${where}`, ...which);
    return;
  }
  await tx.run(`INSERT INTO objects (${OBJECT_COLUMNS}) SELECT ${OBJECT_COLUMNS} FROM versions ${where}`, ...which);
  await tx.run(`DELETE FROM versions ${where}`, ...which);
}

/** The table that a version lies in now, for a change of its columns in place. */
export async function updateVersion(
  tx: WriteTx,
  object: StoredObject,
  column: "tags" | "object_lock" | "restore" | "headers",
  value: string,
): Promise<boolean> {
  const which = [value, object.bucketId, Buffer.from(object.key), object.versionId, object.bodyId] as const;
  for (const table of ["objects", "versions"]) {
    const { changes } = await tx.run(
      `UPDATE ${table} SET ${column} = ? WHERE bucket_id = ? AND key = ? AND version_id = ? AND body_id = ?`,
      ...which,
    );
    if (changes > 0) return true;
  }
  return false;
}

/** False when the object is not there any more, or its key was wrapped anew since it was read. */
export async function updateEncryption(
  tx: WriteTx,
  object: StoredObject,
  encryption: ObjectEncryption,
  dataKey: Uint8Array,
): Promise<boolean> {
  const which = [object.bucketId, Buffer.from(object.key), object.versionId, object.bodyId, object.dataKey] as const;
  for (const table of ["objects", "versions"]) {
    const { changes } = await tx.run(
      `UPDATE ${table} SET encryption = ?, data_key = ?
       WHERE bucket_id = ? AND key = ? AND version_id = ? AND body_id = ? AND data_key = ?`,
      JSON.stringify(encryption),
      dataKey,
      ...which,
    );
    if (changes > 0) return true;
  }
  return false;
}

interface VersionRow extends ObjectRow {
  readonly is_marker: number;
  readonly noncurrent_ms: number | null;
}

export const updateLock = (tx: WriteTx, object: StoredObject, lock: ObjectLock): Promise<boolean> =>
  updateVersion(tx, object, "object_lock", packed(lock));

export const updateRestore = (tx: WriteTx, object: StoredObject, restore: Restore): Promise<boolean> =>
  updateVersion(tx, object, "restore", packed(restore));

export const updateTags = (tx: WriteTx, object: StoredObject, tags: readonly Tag[]): Promise<boolean> =>
  updateVersion(tx, object, "tags", JSON.stringify(tags));
