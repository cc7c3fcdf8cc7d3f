import { type AccountId, needs, type Region } from "../../base/index.js";
import type { Migration, ReadTx, WriteTx } from "../../store/index.js";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "./checksums.js";
import type { ObjectEncryption } from "./encryption.js";
import type { Position } from "./listing.js";
import type { Tag } from "./tagging.js";

/**
 * The database `s3`: the only SQL of this service. Keys are stored as their UTF-8 bytes, so that both engines order
 * them as S3 does. An object names a body; a body is its pieces: one for a plain object, one a part otherwise.
 * Long, because SQL stands in one file and four tables hang together.
 */
export const S3_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE buckets (
        name TEXT NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL,
        created_ms BIGINT NOT NULL
      );
      CREATE INDEX buckets_by_account ON buckets (account, name);
      CREATE TABLE bucket_settings (
        bucket_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (bucket_id, name)
      );
      CREATE TABLE objects (
        bucket_id TEXT NOT NULL, key BLOB NOT NULL, version_id TEXT NOT NULL, body_id TEXT NOT NULL,
        size BIGINT NOT NULL, etag TEXT NOT NULL, modified_ms BIGINT NOT NULL, parts INTEGER NOT NULL,
        headers TEXT NOT NULL, tags TEXT NOT NULL, checksum TEXT NOT NULL, encryption TEXT NOT NULL,
        data_key BLOB NOT NULL,
        PRIMARY KEY (bucket_id, key, version_id)
      );
      CREATE TABLE uploads (
        id TEXT NOT NULL PRIMARY KEY, bucket_id TEXT NOT NULL, key BLOB NOT NULL, initiated_ms BIGINT NOT NULL,
        initiator TEXT NOT NULL, key_existed INTEGER NOT NULL, headers TEXT NOT NULL, tags TEXT NOT NULL,
        checksum TEXT NOT NULL, encryption TEXT NOT NULL, data_key BLOB NOT NULL
      );
      CREATE INDEX uploads_by_key ON uploads (bucket_id, key, id);
      CREATE TABLE pieces (
        body_id TEXT NOT NULL, part INTEGER NOT NULL, piece_id TEXT NOT NULL, size BIGINT NOT NULL,
        etag TEXT NOT NULL, modified_ms BIGINT NOT NULL, checksum TEXT NOT NULL, blob TEXT, sealed BLOB,
        PRIMARY KEY (body_id, part)
      );
      CREATE INDEX pieces_by_blob ON pieces (blob);
    `,
  },
];

export interface Bucket {
  readonly name: string;
  /** Of this very bucket: a later one of the same name has another. */
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly createdMs: number;
  /** Policy, encryption, tagging …: their stored text by name. */
  readonly settings: ReadonlyMap<string, string>;
}

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

/** A stretch of a body, sealed by itself. Its bytes lie in a blob or, when few, in the row. */
export interface Piece {
  readonly bodyId: string;
  readonly part: number;
  /** Bound into the sealed bytes: a new one for each writing of a part. */
  readonly pieceId: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly blob: string | undefined;
}

export interface Upload {
  readonly id: string;
  readonly bucketId: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly initiator: string;
  /** Something stood under the key when the upload began. */
  readonly keyExisted: boolean;
  readonly headers: ObjectHeaders;
  readonly tags: readonly Tag[];
  readonly checksum: UploadChecksum;
  readonly encryption: ObjectEncryption;
  readonly dataKey: Uint8Array;
}

/** `asked` is false where nobody named an algorithm: then S3 takes CRC64NVME and does not speak of it. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly asked: boolean;
}

/* Buckets. */

export async function selectBucket(tx: ReadTx, name: string): Promise<Bucket | undefined> {
  const row = await tx.get<BucketRow>("SELECT * FROM buckets WHERE name = ?", name);
  if (!row) return undefined;
  const settings = await tx.all<{ name: string; value: string }>(
    "SELECT name, value FROM bucket_settings WHERE bucket_id = ? ORDER BY name LIMIT 100",
    row.id,
  );
  return bucketOf(row, new Map(settings.map((setting) => [setting.name, setting.value])));
}

export async function selectBuckets(
  tx: ReadTx,
  account: AccountId,
  query: { prefix: string; region: string | undefined; after: string; limit: number },
): Promise<Bucket[]> {
  const rows = await tx.all<BucketRow>(
    `SELECT * FROM buckets WHERE account = ? AND name > ? AND substr(name, 1, ?) = ? AND (region = ? OR ? = '')
     ORDER BY name LIMIT ?`,
    account,
    query.after,
    query.prefix.length,
    query.prefix,
    query.region ?? "",
    query.region ?? "",
    query.limit,
  );
  return rows.map((row) => bucketOf(row, new Map()));
}

export async function insertBucket(tx: WriteTx, bucket: Bucket): Promise<void> {
  await tx.run(
    "INSERT INTO buckets (name, id, account, region, created_ms) VALUES (?, ?, ?, ?, ?)",
    bucket.name,
    bucket.id,
    bucket.account,
    bucket.region,
    bucket.createdMs,
  );
  for (const [name, value] of bucket.settings) await putSetting(tx, bucket.id, name, value);
}

export async function deleteBucket(tx: WriteTx, id: string): Promise<void> {
  await tx.run("DELETE FROM bucket_settings WHERE bucket_id = ?", id);
  await tx.run("DELETE FROM buckets WHERE id = ?", id);
}

export async function hasObjects(tx: ReadTx, bucketId: string): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM objects WHERE bucket_id = ? LIMIT 1", bucketId)) !== undefined;
}

/** False when the bucket is not there any more: the write must not be kept then. */
export async function bucketStands(tx: ReadTx, bucketId: string): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM buckets WHERE id = ?", bucketId)) !== undefined;
}

export async function putSetting(tx: WriteTx, bucketId: string, name: string, value: string): Promise<void> {
  await tx.run(
    `INSERT INTO bucket_settings (bucket_id, name, value) VALUES (?, ?, ?)
     ON CONFLICT (bucket_id, name) DO UPDATE SET value = excluded.value`,
    bucketId,
    name,
    value,
  );
}

export async function deleteSetting(tx: WriteTx, bucketId: string, name: string): Promise<void> {
  await tx.run("DELETE FROM bucket_settings WHERE bucket_id = ? AND name = ?", bucketId, name);
}

interface BucketRow {
  readonly name: string;
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly created_ms: number;
}

const bucketOf = (row: BucketRow, settings: ReadonlyMap<string, string>): Bucket => ({
  name: row.name,
  id: row.id,
  account: row.account,
  region: row.region,
  createdMs: Number(row.created_ms),
  settings,
});

/* Objects. */

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

/* Pieces. */

const PIECE_COLUMNS = "body_id, part, piece_id, size, etag, modified_ms, checksum, blob";

/** The pieces of a body after `part`, in order. Their sealed bytes are read one by one with `selectSealed`. */
export async function selectPieces(tx: ReadTx, bodyId: string, afterPart: number, limit: number): Promise<Piece[]> {
  const rows = await tx.all<PieceRow>(
    `SELECT ${PIECE_COLUMNS} FROM pieces WHERE body_id = ? AND part > ? ORDER BY part LIMIT ?`,
    bodyId,
    afterPart,
    limit,
  );
  return rows.map(pieceOf);
}

/** The sealed bytes that lie in the row itself. Undefined: they lie in a blob, or the piece is not there any more. */
export async function selectSealed(tx: ReadTx, piece: Piece): Promise<Uint8Array | undefined> {
  const row = await tx.get<{ sealed: Uint8Array | null }>(
    "SELECT sealed FROM pieces WHERE body_id = ? AND part = ? AND piece_id = ?",
    piece.bodyId,
    piece.part,
    piece.pieceId,
  );
  return row?.sealed ?? undefined;
}

/** Puts a piece in the place of an earlier one of that part. Returns the blob that nobody names any more. */
export async function replacePiece(tx: WriteTx, piece: Piece, sealed: Uint8Array | undefined): Promise<string[]> {
  const before = await tx.get<{ blob: string | null }>(
    "SELECT blob FROM pieces WHERE body_id = ? AND part = ?",
    piece.bodyId,
    piece.part,
  );
  await tx.run("DELETE FROM pieces WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
  await tx.run(
    `INSERT INTO pieces (${PIECE_COLUMNS}, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    piece.bodyId,
    piece.part,
    piece.pieceId,
    piece.bytes,
    piece.etag,
    piece.modifiedMs,
    JSON.stringify(piece.checksum),
    piece.blob ?? null,
    sealed ?? null,
  );
  return before?.blob ? [before.blob] : [];
}

export async function deletePieces(tx: WriteTx, bodyId: string): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>(
    "SELECT blob FROM pieces WHERE body_id = ? AND blob IS NOT NULL ORDER BY part LIMIT 10000",
    bodyId,
  );
  await tx.run("DELETE FROM pieces WHERE body_id = ?", bodyId);
  return rows.map((row) => row.blob);
}

export async function deletePiece(tx: WriteTx, piece: Piece): Promise<void> {
  await tx.run("DELETE FROM pieces WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
}

export async function isNamed(tx: ReadTx, blob: string): Promise<boolean> {
  return (await tx.get("SELECT 1 AS found FROM pieces WHERE blob = ? LIMIT 1", blob)) !== undefined;
}

interface PieceRow {
  readonly body_id: string;
  readonly part: number;
  readonly piece_id: string;
  readonly size: number;
  readonly etag: string;
  readonly modified_ms: number;
  readonly checksum: string;
  readonly blob: string | null;
}

const pieceOf = (row: PieceRow): Piece => ({
  bodyId: row.body_id,
  part: Number(row.part),
  pieceId: row.piece_id,
  bytes: Number(row.size),
  etag: row.etag,
  modifiedMs: Number(row.modified_ms),
  checksum: JSON.parse(row.checksum) as Piece["checksum"], // written by replacePiece
  blob: row.blob ?? undefined,
});

/* Uploads. */

export async function insertUpload(tx: WriteTx, upload: Upload): Promise<void> {
  await tx.run(
    `INSERT INTO uploads (id, bucket_id, key, initiated_ms, initiator, key_existed, headers, tags, checksum,
       encryption, data_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    upload.id,
    upload.bucketId,
    Buffer.from(upload.key),
    upload.initiatedMs,
    upload.initiator,
    upload.keyExisted ? 1 : 0,
    JSON.stringify(upload.headers),
    JSON.stringify(upload.tags),
    JSON.stringify(upload.checksum),
    JSON.stringify(upload.encryption),
    upload.dataKey,
  );
}

export async function selectUpload(tx: ReadTx, id: string): Promise<Upload | undefined> {
  const row = await tx.get<UploadRow>("SELECT * FROM uploads WHERE id = ?", id);
  return row && uploadOf(row);
}

/** Removes the upload's row, not its pieces. False when somebody else was faster. */
export async function deleteUpload(tx: WriteTx, id: string): Promise<boolean> {
  return (await tx.run("DELETE FROM uploads WHERE id = ?", id)).changes > 0;
}

export async function listUploads(
  tx: ReadTx,
  bucketId: string,
  from: Position,
  before: Buffer | undefined,
  limit: number,
): Promise<(Upload & { keyBytes: Buffer })[]> {
  const rows = await tx.all<UploadRow>(
    `SELECT * FROM uploads WHERE bucket_id = ? AND (key, id) > (?, ?) ${before ? "AND key < ?" : ""}
     ORDER BY key, id LIMIT ?`,
    bucketId,
    from.key,
    from.id,
    ...(before ? [before] : []),
    limit,
  );
  return rows.map((row) => ({ ...uploadOf(row), keyBytes: Buffer.from(row.key) }));
}

export async function uploadIdsOf(tx: ReadTx, bucketId: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    "SELECT id FROM uploads WHERE bucket_id = ? ORDER BY key, id LIMIT 1000",
    bucketId,
  );
  return rows.map((row) => row.id);
}

interface UploadRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly key: Uint8Array;
  readonly initiated_ms: number;
  readonly initiator: string;
  readonly key_existed: number;
  readonly headers: string;
  readonly tags: string;
  readonly checksum: string;
  readonly encryption: string;
  readonly data_key: Uint8Array;
}

function uploadOf(row: UploadRow): Upload {
  needs(row.data_key.length > 0, "an upload has its data key from the start");
  return {
    id: row.id,
    bucketId: row.bucket_id,
    key: Buffer.from(row.key).toString(),
    initiatedMs: Number(row.initiated_ms),
    initiator: row.initiator,
    keyExisted: Number(row.key_existed) === 1,
    // The casts give back the shapes that insertUpload wrote.
    headers: JSON.parse(row.headers) as ObjectHeaders,
    tags: JSON.parse(row.tags) as Tag[],
    checksum: JSON.parse(row.checksum) as UploadChecksum,
    encryption: JSON.parse(row.encryption) as ObjectEncryption,
    dataKey: row.data_key,
  };
}
