import { hkdfSync } from "node:crypto";
import { type Bytes, needs } from "../base/index.js";
import { KEY_BYTES, type KeyHandle, ownedHandle } from "./key.js";
import { primitives } from "./primitives.js";
import { Secret } from "./secret.js";

const BLOCK_BYTES = 32;
const HKDF_MOST_BYTES = 255 * BLOCK_BYTES;

/**
 * NIST SP 800-108r1, counter mode, HMAC-SHA-256: K(i) = HMAC(key, [i]₃₂ ‖ label ‖ 0x00 ‖ context ‖ [bits]₃₂).
 * Labels hold no zero byte, so label and context cannot be shifted into each other. The caller wipes the result.
 */
export function kdf(key: KeyHandle, label: Bytes, context: Bytes, bytes: number = KEY_BYTES): Buffer {
  needs(bytes > 0 && bytes <= 1024, "a derived key is at most 1024 bytes");
  const input = kdfInput(label, context, bytes);
  if (bytes === BLOCK_BYTES) return block(key, input, 1);
  const blocks = Array.from({ length: Math.ceil(bytes / BLOCK_BYTES) }, (_, index) => block(key, input, index + 1));
  const whole = Buffer.concat(blocks);
  for (const part of blocks) part.fill(0);
  whole.fill(0, bytes);
  return whole.subarray(0, bytes);
}

/** `kdf` for a key that is used and not read. */
export function deriveKey(key: KeyHandle, label: Bytes, context: Bytes): KeyHandle {
  return ownedHandle(kdf(key, label, context));
}

/** HKDF-SHA-256 (RFC 5869). The `info` names the purpose. */
export function hkdf(key: KeyHandle, salt: Bytes, info: Bytes, bytes: number = KEY_BYTES): Secret {
  needs(bytes > 0 && bytes <= HKDF_MOST_BYTES, "RFC 5869 gives at most 255 blocks");
  return Secret.own(new Uint8Array(hkdfSync("sha256", key, salt, info, bytes)));
}

/** What the first block is the HMAC of, and so a key of 32 bytes. The context lies at `5 + label.length`. */
export function kdfInput(label: Bytes, context: Bytes, bytes: number = KEY_BYTES): Buffer {
  const input = Buffer.allocUnsafe(4 + label.length + 1 + context.length + 4);
  input.set(label, 4);
  input[4 + label.length] = 0;
  input.set(context, 5 + label.length);
  input.writeUInt32BE(1, 0);
  input.writeUInt32BE(bytes * 8, input.length - 4);
  return input;
}

function block(key: KeyHandle, input: Buffer, counter: number): Buffer {
  input.writeUInt32BE(counter, 0);
  return primitives.hmac(key, input);
}
