import { type Bytes, needs } from "../base/index.js";
import { NONCE_BYTES, TAG_BYTES } from "./aead.js";
import { BrokenSeal } from "./broken-seal.js";
import { kdf } from "./kdf.js";
import type { KeyHandle } from "./key.js";
import { type Primitives, primitives } from "./primitives.js";

/** Each message has a key of its own, so its one nonce may be a constant. */
const ONLY_NONCE = Buffer.alloc(NONCE_BYTES);

/**
 * Seals under a key derived for this message alone, with `kdf` from the label and the head that `message` begins with.
 * Ciphertext and tag are written behind it. Head and context are authenticated; the head must say its own length, and
 * must never come twice.
 */
export function sealMessage(
  key: KeyHandle,
  label: Bytes,
  message: Buffer,
  headBytes: number,
  plaintext: Bytes,
  context: Bytes,
  { inOneStep, seal }: Primitives = primitives,
): void {
  needs(message.length === headBytes + plaintext.length + TAG_BYTES, "a message is its head, its body and a tag");
  if (inOneStep !== undefined) {
    inOneStep.seal(key, label, message, headBytes, plaintext, context);
    return;
  }
  const head = message.subarray(0, headBytes);
  const messageKey = kdf(key, label, head);
  seal(messageKey, ONLY_NONCE, plaintext, Buffer.concat([head, context]), message, headBytes);
  messageKey.fill(0);
}

/** Throws BrokenSeal unless `sealMessage` made it with this key, label, head and context. */
export function openMessage(
  key: KeyHandle,
  label: Bytes,
  message: Bytes,
  headBytes: number,
  context: Bytes,
  { inOneStep, open }: Primitives = primitives,
): Buffer {
  const bytes = message.length - headBytes - TAG_BYTES;
  if (bytes < 0) throw new BrokenSeal();
  const plaintext = Buffer.allocUnsafe(bytes);
  if (inOneStep !== undefined) {
    if (!inOneStep.open(key, label, message, headBytes, plaintext, context)) throw new BrokenSeal();
    return plaintext;
  }
  const head = message.subarray(0, headBytes);
  const messageKey = kdf(key, label, head);
  const isOpen = open(
    messageKey,
    ONLY_NONCE,
    message.subarray(headBytes),
    Buffer.concat([head, context]),
    plaintext,
    0,
  );
  messageKey.fill(0);
  if (!isOpen) throw new BrokenSeal();
  return plaintext;
}
