import { asBuffer, type Bytes, needs, utf8 } from "../../base/index.js";
import { TAG_BYTES } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import type { KeyHandle } from "../key.js";
import { openMessage, sealMessage } from "../own-message.js";
import { publicRandomInto } from "../random.js";

/** What a ciphertext blob says about itself, readable without any key. */
export interface BlobHeader {
  /** Twelve digits. */
  readonly account: string;
  readonly keyId: string;
  /** 64 lower-case hex digits. */
  readonly materialId: string;
}

/** Key material and the header that all its blobs begin with. Format: docs/formats/ciphertext-blob.md. */
export interface BlobKey {
  readonly material: KeyHandle;
  readonly header: BlobHeader;
  readonly prefix: Buffer;
}

const VERSION = 1;
const ACCOUNT_AT = 2;
const KEY_ID_AT = 8;
const MATERIAL_ID_BYTES = 32;
const SALT_BYTES = 32;
const LEAST_KEY_ID_BYTES = 5;
const MOST_KEY_ID_BYTES = 128;
/** What KMS allows as CiphertextBlob. */
export const MOST_BLOB_BYTES = 6144;

const LABEL = utf8("strongroom/ciphertext-blob/1");

export function blobKey(material: KeyHandle, header: BlobHeader): BlobKey {
  return { material, header, prefix: prefixOf(header) };
}

/** Seals under a key derived for this message alone. `context` is authenticated and not stored. */
export function sealBlob(key: BlobKey, plaintext: Bytes, context: Bytes): Buffer {
  const headerBytes = key.prefix.length + SALT_BYTES;
  const blob = Buffer.allocUnsafe(headerBytes + plaintext.length + TAG_BYTES);
  needs(blob.length <= MOST_BLOB_BYTES, "a blob holds what KMS may encrypt");
  blob.set(key.prefix);
  publicRandomInto(blob, key.prefix.length, SALT_BYTES);
  sealMessage(key.material, LABEL, blob, headerBytes, plaintext, context);
  return blob;
}

/** Throws BrokenSeal unless `sealBlob` made it with this material, this header and this context. */
export function openBlob(key: BlobKey, blob: Bytes, context: Bytes): Buffer {
  const bytes = asBuffer(blob);
  const headerBytes = key.prefix.length + SALT_BYTES;
  if (bytes.length < headerBytes + TAG_BYTES || bytes.length > MOST_BLOB_BYTES) throw new BrokenSeal();
  // The header is no secret, so the quick comparison may be used.
  if (bytes.compare(key.prefix, 0, key.prefix.length, 0, key.prefix.length) !== 0) throw new BrokenSeal();
  return openMessage(key.material, LABEL, bytes, headerBytes, context);
}

/** A blob without its head, for callers whose own format has places for these parts. */
export interface BlobParts {
  /** 32 bytes, drawn for this message. */
  readonly salt: Buffer;
  /** As long as the plaintext. */
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export function splitBlob(blob: Bytes): BlobParts {
  const bytes = asBuffer(blob);
  const saltAt = readPrefix(VERSION, bytes)?.bytes ?? bytes.length;
  const ciphertextAt = saltAt + SALT_BYTES;
  const tagAt = bytes.length - TAG_BYTES;
  needs(ciphertextAt <= tagAt, "a blob of ours is split");
  return {
    salt: bytes.subarray(saltAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt, tagAt),
    tag: bytes.subarray(tagAt),
  };
}

/** What `splitBlob` took apart, under a header that may be another: then the blob does not open. */
export function joinBlob(header: BlobHeader, { salt, ciphertext, tag }: BlobParts): Buffer {
  needs(salt.length === SALT_BYTES && tag.length === TAG_BYTES, "salt and tag have their lengths");
  return Buffer.concat([prefixOf(header), salt, ciphertext, tag]);
}

/** Undefined for whatever cannot be a blob of ours. Nothing of it is authenticated until it opens. */
export function describeBlob(blob: Bytes): BlobHeader | undefined {
  const read = readPrefix(VERSION, blob);
  return read === undefined || blob.length < read.bytes + SALT_BYTES + TAG_BYTES ? undefined : read.header;
}

/** The head that every kind of blob begins with, and its length. */
export function readPrefix(version: number, blob: Bytes): { header: BlobHeader; bytes: number } | undefined {
  const bytes = asBuffer(blob);
  const keyIdBytes = bytes[1] ?? 0;
  if (bytes[0] !== version || keyIdBytes < LEAST_KEY_ID_BYTES || keyIdBytes > MOST_KEY_ID_BYTES) return undefined;
  const materialAt = KEY_ID_AT + keyIdBytes;
  const end = materialAt + MATERIAL_ID_BYTES;
  if (bytes.length < end || bytes.length > MOST_BLOB_BYTES) return undefined;
  const account = bytes.readUIntBE(ACCOUNT_AT, 6);
  const keyId = bytes.toString("latin1", KEY_ID_AT, materialAt);
  if (account >= 1e12 || !isBlobKeyId(keyId)) return undefined;
  const materialId = bytes.toString("hex", materialAt, end);
  return { header: { account: String(account).padStart(12, "0"), keyId, materialId }, bytes: end };
}

export function prefixOf(header: BlobHeader, version = VERSION): Buffer {
  needs(/^\d{12}$/.test(header.account), "an account is twelve digits");
  needs(isBlobKeyId(header.keyId), "a key id is 5 to 128 plain characters");
  needs(/^[0-9a-f]{64}$/.test(header.materialId), "a material id is 64 hex digits");
  const prefix = Buffer.alloc(KEY_ID_AT + header.keyId.length + MATERIAL_ID_BYTES);
  prefix[0] = version;
  prefix[1] = header.keyId.length;
  prefix.writeUIntBE(Number(header.account), ACCOUNT_AT, 6);
  prefix.write(header.keyId, KEY_ID_AT, "latin1");
  prefix.write(header.materialId, KEY_ID_AT + header.keyId.length, "hex");
  return prefix;
}

const isBlobKeyId = (keyId: string) => /^[A-Za-z0-9/_.-]{5,128}$/.test(keyId);
