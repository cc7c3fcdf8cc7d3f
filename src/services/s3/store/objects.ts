import type { ReadTx, WriteTx } from "../../../store/index.js";
import type { Checksum } from "../checksums.js";
import type { ObjectEncryption } from "../encryption.js";
import type { Position } from "../listing.js";
import type { Tag } from "../tagging.js";
import { deletePieces } from "./pieces.js";

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
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly bucketId: string;
  readonly key: string;
  /** `null` while versioning was never turned on. */
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
}

/** What a listing shows of an object. */
export interface ListedObject {
  readonly key: Buffer;
  readonly id: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: Checksum;
  readonly storageClass: string;
}

export async function selectObject(tx: ReadTx, bucketId: string, key: string): Promise<StoredObject | undefined> {
  const row = await tx.get<ObjectRow>(
    "SELECT * FROM objects WHERE bucket_id = ? AND key = ? AND version_id = 'null'",
    bucketId,
    Buffer.from(key),
  );
  return row && objectOf(row);
}

/** Puts the object in the place of what stood there, and says which blobs nobody names any more. */
export async function replaceObject(tx: WriteTx, object: StoredObject): Promise<string[]> {
  const freed = await deleteObject(tx, object.bucketId, object.key);
  await tx.run(
    `INSERT INTO objects (bucket_id, key, version_id, body_id, size, etag, modified_ms, parts, headers, tags,
       checksum, encryption, data_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  );
  return freed;
}

/** Removes the object, if it is there, with its pieces. Returns the blobs that nobody names any more. */
export async function deleteObject(tx: WriteTx, bucketId: string, key: string): Promise<string[]> {
  const row = await tx.get<{ body_id: string }>(
    "SELECT body_id FROM objects WHERE bucket_id = ? AND key = ? AND version_id = 'null'",
    bucketId,
    Buffer.from(key),
  );
  if (!row) return [];
  await tx.run(
    "DELETE FROM objects WHERE bucket_id = ? AND key = ? AND version_id = 'null'",
    bucketId,
    Buffer.from(key),
  );
  return deletePieces(tx, row.body_id);
}

export async function updateTags(tx: WriteTx, object: StoredObject, tags: readonly Tag[]): Promise<void> {
  await tx.run(
    "UPDATE objects SET tags = ? WHERE bucket_id = ? AND key = ? AND version_id = ?",
    JSON.stringify(tags),
    object.bucketId,
    Buffer.from(object.key),
    object.versionId,
  );
}

/** A whole range of keys of a bucket, in order, after `from` and below `before`. */
export async function listObjects(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<ListedObject[]> {
  const rows = await tx.all<ObjectRow>(
    `SELECT key, version_id, size, etag, modified_ms, checksum, headers FROM objects
     WHERE bucket_id = ? AND (key, version_id) > (?, ?) ${before ? "AND key < ?" : ""}
     ORDER BY key, version_id LIMIT ?`,
    bucketId,
    from.key,
    from.id,
    ...(before ? [before] : []),
    limit,
  );
  return rows.map((row) => ({
    key: Buffer.from(row.key),
    id: row.version_id,
    bytes: Number(row.size),
    etag: row.etag,
    modifiedMs: Number(row.modified_ms),
    checksum: JSON.parse(row.checksum) as Checksum, // written by replaceObject
    storageClass: (JSON.parse(row.headers) as ObjectHeaders).storageClass, // written by replaceObject
  }));
}

interface ObjectRow {
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
}

// The casts give back the shapes that replaceObject wrote; the database is sealed and authenticated page by page.
const objectOf = (row: ObjectRow): StoredObject => ({
  bucketId: row.bucket_id,
  key: Buffer.from(row.key).toString(),
  versionId: row.version_id,
  bodyId: row.body_id,
  bytes: Number(row.size),
  etag: row.etag,
  modifiedMs: Number(row.modified_ms),
  parts: Number(row.parts),
  headers: JSON.parse(row.headers) as ObjectHeaders,
  tags: JSON.parse(row.tags) as Tag[],
  checksum: JSON.parse(row.checksum) as Checksum,
  encryption: JSON.parse(row.encryption) as ObjectEncryption,
  dataKey: row.data_key,
});
