import { type Bytes, equalBytes } from "../../../base/index.js";
import { sha256 } from "../../../crypto/index.js";
import { StoreFailure } from "../port.js";
import type { ProxyCiphertext } from "./integrity.js";

export const TAG_BYTES = 16;
export const MOST_METADATA_BYTES = 20;

/** Of the inner blob's SHA-256: enough to tell any two of them apart. */
const MARK_BYTES = 16;

/**
 * What the proxy was given to encrypt, kept beside what it answered: all inner blobs of a key under one encryption
 * context open alike, so a proxy that mixes up its answers would hand one caller another's plaintext.
 */
const markOf = (inner: Bytes): Buffer => sha256(inner).subarray(0, MARK_BYTES);

export const isMarked = (mark: Bytes, inner: Bytes): boolean => equalBytes(mark, markOf(inner));

export const isVectorLength = (bytes: number): boolean => bytes === 12 || bytes === 16;

/** How a proxy's ciphertext lies in the blob. Format: docs/formats/custom-store-blob.md. */
export function packCiphertext(made: ProxyCiphertext, inner: Bytes): Buffer {
  const { initializationVector, authenticationTag, metadata, ciphertext } = made;
  const lengths = Buffer.from([initializationVector.length, metadata.length]);
  return Buffer.concat([lengths, initializationVector, authenticationTag, metadata, markOf(inner), ciphertext]);
}

export function unpackCiphertext(sealed: Uint8Array): ProxyCiphertext & { readonly mark: Buffer } {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const [vectorBytes = 0, metadataBytes = 0] = bytes;
  const tagAt = 2 + vectorBytes;
  const metadataAt = tagAt + TAG_BYTES;
  const markAt = metadataAt + metadataBytes;
  const ciphertextAt = markAt + MARK_BYTES;
  if (!isVectorLength(vectorBytes) || metadataBytes > MOST_METADATA_BYTES || ciphertextAt >= bytes.length)
    throw new StoreFailure("The ciphertext is not one of this external key store.");
  return {
    initializationVector: bytes.subarray(2, tagAt),
    authenticationTag: bytes.subarray(tagAt, metadataAt),
    metadata: bytes.subarray(metadataAt, markAt),
    mark: bytes.subarray(markAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt),
  };
}
