import { needs } from "../../../base/index.js";
import type { ReadTx, WriteTx } from "../../../store/index.js";
import type { ChecksumAlgorithm, ChecksumType } from "../checksums.js";
import type { ObjectEncryption } from "../encryption.js";
import type { Position } from "../listing.js";
import type { Tag } from "../tagging.js";
import { type ObjectHeaders, type ObjectLock, packed, unpacked } from "./objects.js";

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
  /** What its headers asked for; the bucket's default is added when it is completed. */
  readonly lock?: ObjectLock | undefined;
}

/** `asked` is false where nobody named an algorithm: then S3 takes CRC64NVME and does not speak of it. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly asked: boolean;
}

export async function insertUpload(tx: WriteTx, upload: Upload): Promise<void> {
  await tx.run(
    `INSERT INTO uploads (id, bucket_id, key, initiated_ms, initiator, key_existed, headers, tags, checksum,
       encryption, data_key, object_lock) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    packed(upload.lock),
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
  readonly object_lock: string;
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
    lock: unpacked<ObjectLock>(row.object_lock),
  };
}
