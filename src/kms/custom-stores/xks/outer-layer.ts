import { StoreFailure } from "../port.js";
import type { ProxyCiphertext } from "./integrity.js";

export const TAG_BYTES = 16;
export const MOST_METADATA_BYTES = 20;

export const isVectorLength = (bytes: number): boolean => bytes === 12 || bytes === 16;

/** How a proxy's ciphertext lies in the blob. Format: docs/formats/custom-store-blob.md. */
export function packCiphertext(made: ProxyCiphertext): Buffer {
  const { initializationVector, authenticationTag, metadata, ciphertext } = made;
  const lengths = Buffer.from([initializationVector.length, metadata.length]);
  return Buffer.concat([lengths, initializationVector, authenticationTag, metadata, ciphertext]);
}

export function unpackCiphertext(sealed: Uint8Array): ProxyCiphertext {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const [vectorBytes = 0, metadataBytes = 0] = bytes;
  const tagAt = 2 + vectorBytes;
  const metadataAt = tagAt + TAG_BYTES;
  const ciphertextAt = metadataAt + metadataBytes;
  if (!isVectorLength(vectorBytes) || metadataBytes > MOST_METADATA_BYTES || ciphertextAt >= bytes.length)
    throw new StoreFailure("The ciphertext is not one of this external key store.");
  return {
    initializationVector: bytes.subarray(2, tagAt),
    authenticationTag: bytes.subarray(tagAt, metadataAt),
    metadata: bytes.subarray(metadataAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt),
  };
}
