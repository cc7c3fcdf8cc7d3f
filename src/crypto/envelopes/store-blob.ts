import { asBuffer, type Bytes, needs } from "../../base/index.js";
import { type BlobHeader, MOST_BLOB_BYTES, prefixOf, readPrefix } from "./ciphertext-blob.js";

/** Apart from the versions of the ciphertext blob: its numbers count from 1. */
const VERSION = 0x10;

/** What a custom key store sealed, behind the head of a ciphertext blob. Format: docs/formats/custom-store-blob.md. */
export interface StoreBlob {
  readonly header: BlobHeader;
  /** The header's bytes. */
  readonly head: Buffer;
  readonly sealed: Buffer;
}

/** The bytes that a blob with this header begins with: a store that alone encrypts authenticates them. */
export const storeBlobHead = (header: BlobHeader): Buffer => prefixOf(header, VERSION);

export function makeStoreBlob(header: BlobHeader, sealed: Bytes): Buffer {
  const blob = Buffer.concat([storeBlobHead(header), sealed]);
  needs(sealed.length > 0 && blob.length <= MOST_BLOB_BYTES, "a blob holds what KMS may encrypt");
  return blob;
}

/** Undefined for anything else. Nothing of it is believed until its store opened it. */
export function readStoreBlob(blob: Bytes): StoreBlob | undefined {
  const read = readPrefix(VERSION, blob);
  if (read === undefined || blob.length === read.bytes) return undefined;
  const bytes = asBuffer(blob);
  return { header: read.header, head: bytes.subarray(0, read.bytes), sealed: bytes.subarray(read.bytes) };
}

export const describeStoreBlob = (blob: Bytes): BlobHeader | undefined => readStoreBlob(blob)?.header;
