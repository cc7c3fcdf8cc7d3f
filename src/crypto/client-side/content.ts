import { createCipheriv, createDecipheriv } from "node:crypto";
import { TAG_BYTES } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import type { ContentCipher } from "./suites.js";

const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: TAG_BYTES };

/** Bytes that encryption adds: the tag, at the end. */
export const CONTENT_OVERHEAD_BYTES = TAG_BYTES;

/** Ciphertext and, last, the tag. */
export async function* encryptContent(
  { key, nonce, aad }: ContentCipher,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, void> {
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(aad);
  for await (const piece of content) yield cipher.update(piece);
  cipher.final();
  yield cipher.getAuthTag();
}

/**
 * Plaintext as it comes, which is not to be believed before the iteration ends without an error: only then has the tag
 * been found right. Throws BrokenSeal.
 */
export async function* decryptContent(
  { key, nonce, aad }: ContentCipher,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, void> {
  const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  decipher.setAAD(aad);
  let tail: Buffer = Buffer.alloc(0);
  for await (const piece of content) {
    const bytes = Buffer.concat([tail, piece]);
    const end = Math.max(0, bytes.length - TAG_BYTES);
    tail = bytes.subarray(end);
    if (end > 0) yield decipher.update(bytes.subarray(0, end));
  }
  if (tail.length !== TAG_BYTES) throw new BrokenSeal();
  decipher.setAuthTag(tail);
  try {
    decipher.final();
  } catch {
    throw new BrokenSeal();
  }
}
