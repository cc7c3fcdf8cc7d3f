import { asBuffer, Lru } from "../../../base/index.js";
import type { Database, ReadTx, SqlValue, WriteTx } from "../../../store/index.js";
import type { Acl } from "../acl.js";
import type { Checksum } from "../checksums.js";
import type { ObjectEncryption } from "../encryption.js";
import type { Tag } from "../tagging.js";
import { type NewAnnotation, putAnnotation } from "./annotations.js";
import { putObjectAcl } from "./object-acls.js";
import { freeBody } from "./removals.js";

/** The headers that an object keeps and gives back. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
  readonly storageClass: string;
  /** `x-amz-replication-status`. */
  readonly replication?: "PENDING" | "COMPLETED" | "FAILED" | "REPLICA";
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly bucketId: string;
  readonly key: string;
  /** `null` when it was written while versioning was off or suspended. */
  readonly versionId: string;
  readonly bodyId: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  /** 0 for an object of one piece that was not uploaded in parts. */
  readonly parts: number;
  readonly headers: ObjectHeaders;
  readonly tags: readonly Tag[];
  readonly checksum: Checksum;
  readonly encryption: ObjectEncryption;
  /** The wrapped data key. */
  readonly dataKey: Uint8Array;
  readonly lock?: ObjectLock | undefined;
  readonly restore?: Restore | undefined;
  /** Written with the object, beside its body; never read with it. Undefined: the bucket owner's alone. */
  readonly acl?: Acl | undefined;
  /** The same: a copy brings those of its source. */
  readonly annotations?: readonly NewAnnotation[] | undefined;
}

/** What keeps a version from being removed. `legalHold` is absent while it was never set. */
export interface ObjectLock {
  readonly mode?: "GOVERNANCE" | "COMPLIANCE" | undefined;
  readonly untilMs?: number | undefined;
  readonly legalHold?: "ON" | "OFF" | undefined;
}

/** A readable copy of an archived object: on its way until `readyMs`, there until `expiryMs`. */
export interface Restore {
  readonly tier: "Expedited" | "Standard" | "Bulk";
  readonly readyMs: number;
  readonly expiryMs: number;
}

/** The columns that `objects` and `versions` share: a version moves between the two as it is. */
export const OBJECT_COLUMNS = `bucket_id, key, version_id, body_id, size, etag, modified_ms, parts, headers, tags,
  checksum, encryption, data_key, object_lock, restore`;

/** The same without what a look-up by name knows already. */
const NAMED_COLUMNS = OBJECT_COLUMNS.replace("bucket_id, key, ", "");

/** The current object of a key, read by itself: what most requests look up. */
export function currentObject(
  database: Database,
  bucketId: string,
  key: string,
): StoredObject | undefined | Promise<StoredObject | undefined> {
  const row = database.row<NamedValues>(
    `SELECT ${NAMED_COLUMNS} FROM objects WHERE bucket_id = ? AND key = ?`,
    bucketId,
    Buffer.from(key),
  );
  const objectIn = (values: NamedValues | undefined) => values && objectNamed(bucketId, key, values);
  return row instanceof Promise ? row.then(objectIn) : objectIn(row);
}

/** The current object of a key: none when its latest version is a delete marker. */
export async function selectObject(tx: ReadTx, bucketId: string, key: string): Promise<StoredObject | undefined> {
  const row = await tx.get<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM objects WHERE bucket_id = ? AND key = ?`,
    bucketId,
    Buffer.from(key),
  );
  return row && objectOf(row);
}

/** Asks that nothing stands under the key: `placeObject` makes room before. */
export async function insertObject(tx: WriteTx, object: StoredObject): Promise<void> {
  const values = valuesOf(object);
  await tx.run(`INSERT INTO objects (${OBJECT_COLUMNS}) VALUES (${values.map(() => "?").join(", ")})`, ...values);
  if (object.acl) await putObjectAcl(tx, object.bodyId, object.acl);
  for (const annotation of object.annotations ?? []) await putAnnotation(tx, annotation);
}

/** In the order of OBJECT_COLUMNS. */
export const valuesOf = (object: StoredObject): SqlValue[] => [
  object.bucketId,
  Buffer.from(object.key),
  object.versionId,
  object.bodyId,
  object.bytes,
  object.etag,
  object.modifiedMs,
  object.parts,
  JSON.stringify(object.headers),
  JSON.stringify(object.tags),
  JSON.stringify(object.checksum),
  JSON.stringify(object.encryption),
  object.dataKey,
  packed(object.lock),
  packed(object.restore),
];

/** Removes the current object, if it is there, with its pieces. Returns the blobs that nobody names any more. */
export async function deleteCurrent(tx: WriteTx, bucketId: string, key: string): Promise<string[]> {
  const row = await tx.get<{ body_id: string }>(
    "SELECT body_id FROM objects WHERE bucket_id = ? AND key = ?",
    bucketId,
    Buffer.from(key),
  );
  if (!row) return [];
  await tx.run("DELETE FROM objects WHERE bucket_id = ? AND key = ?", bucketId, Buffer.from(key));
  return freeBody(tx, row.body_id);
}

export interface ObjectRow {
  readonly bucket_id: string;
  readonly key: Uint8Array;
  readonly version_id: string;
  readonly body_id: string;
  readonly size: number;
  readonly etag: string;
  readonly modified_ms: number;
  readonly parts: number;
  readonly headers: string;
  readonly tags: string;
  readonly checksum: string;
  readonly encryption: string;
  readonly data_key: Uint8Array;
  readonly object_lock: string;
  readonly restore: string;
}

/** In the order of NAMED_COLUMNS. */
type NamedValues = readonly [
  versionId: string,
  bodyId: string,
  size: number,
  etag: string,
  modifiedMs: number,
  parts: number,
  headers: string,
  tags: string,
  checksum: string,
  encryption: string,
  dataKey: Uint8Array,
  lock: string,
  restore: string,
];

export const objectOf = (row: ObjectRow): StoredObject =>
  objectNamed(row.bucket_id, asBuffer(row.key).toString(), [
    row.version_id,
    row.body_id,
    row.size,
    row.etag,
    row.modified_ms,
    row.parts,
    row.headers,
    row.tags,
    row.checksum,
    row.encryption,
    row.data_key,
    row.object_lock,
    row.restore,
  ]);

// The casts give back the shapes that insertObject wrote; the database is sealed and authenticated page by page.
const objectNamed = (bucketId: string, key: string, values: NamedValues): StoredObject => ({
  bucketId,
  key,
  versionId: values[0],
  bodyId: values[1],
  bytes: Number(values[2]),
  etag: values[3],
  modifiedMs: Number(values[4]),
  parts: Number(values[5]),
  headers: readOnce(values[6]) as ObjectHeaders,
  tags: readOnce(values[7]) as Tag[],
  checksum: JSON.parse(values[8]) as Checksum,
  encryption: readOnce(values[9]) as ObjectEncryption,
  dataKey: values[10],
  lock: unpacked<ObjectLock>(values[11]),
  restore: unpacked<Restore>(values[12]),
});

/** The headers, tags and encryption of most objects are the same few texts. */
const readTexts = new Lru<string, unknown>(500);
const LONGEST_READ_TEXT = 1024;

/** What a text says, the same object each time, which nobody can change. */
function readOnce(text: string): unknown {
  const known = readTexts.get(text);
  if (known !== undefined) return known;
  const value = JSON.parse(text, (_name, part: unknown) => Object.freeze(part)) as unknown;
  if (text.length <= LONGEST_READ_TEXT) readTexts.set(text, value);
  return value;
}

/** Most objects have neither lock nor restore: then the column is empty. */
export const packed = (value: object | undefined): string => (value === undefined ? "" : JSON.stringify(value));
export const unpacked = <T>(text: string): T | undefined => (text === "" ? undefined : (JSON.parse(text) as T)); // from `packed`
