import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Bytes } from "../base/index.js";
import { BrokenSeal } from "./broken-seal.js";
import type { KeyHandle } from "./key.js";

/** AES-256-GCM with 96-bit nonces and full tags, the only AEAD of the house. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const EMPTY = Buffer.alloc(0);

const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * For `envelopes/` only, which make nonces that cannot repeat; the room's door does not offer it.
 * The two parts are not joined: a writer that takes a list of buffers saves the copy.
 */
export function gcmSeal(key: KeyHandle | Buffer, nonce: Bytes, plaintext: Bytes, aad: Bytes) {
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  if (aad.length > 0) cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** Gives the plaintext only after the tag has been found right; what was decrypted before that is wiped. */
export function gcmOpen(key: KeyHandle | Buffer, nonce: Bytes, ciphertext: Bytes, tag: Bytes, aad: Bytes): Buffer {
  if (tag.length !== TAG_BYTES) throw new BrokenSeal();
  const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  decipher.setAuthTag(tag);
  if (aad.length > 0) decipher.setAAD(aad);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new BrokenSeal();
  }
  return plaintext;
}
