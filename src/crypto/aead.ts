import type { Bytes } from "../base/index.js";
import { BrokenSeal } from "./broken-seal.js";
import type { KeyHandle } from "./key.js";
import { primitives } from "./primitives.js";

/** AES-256-GCM with 96-bit nonces and full tags, the only AEAD of the house. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const EMPTY = Buffer.alloc(0);

/**
 * For `envelopes/` only, which make nonces that cannot repeat; the room's door does not offer it. Writes ciphertext and
 * tag into `target` from `at` on.
 */
export const gcmSealInto: typeof primitives.seal = (key, nonce, plaintext, aad, target, at) =>
  primitives.seal(key, nonce, plaintext, aad, target, at);

/** Takes ciphertext and tag. Gives the plaintext only after the tag has been found right; what was decrypted before that is wiped. */
export function gcmOpen(key: KeyHandle | Buffer, nonce: Bytes, sealed: Bytes, aad: Bytes): Buffer {
  if (sealed.length < TAG_BYTES) throw new BrokenSeal();
  const bytes = sealed.length - TAG_BYTES;
  // What is large has memory of its own, so that it can be given away or given back.
  const plaintext = bytes < LEAST_OWN_BYTES ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(bytes);
  if (!primitives.open(key, nonce, sealed, aad, plaintext, 0)) throw new BrokenSeal();
  return plaintext;
}

const LEAST_OWN_BYTES = 4096;
