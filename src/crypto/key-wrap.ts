import { createCipheriv, createDecipheriv } from "node:crypto";
import { type Bytes, needs, table } from "../base/index.js";
import { BrokenSeal } from "./broken-seal.js";
import type { KeyHandle } from "./key.js";
import { Secret } from "./secret.js";

/**
 * AES key wrap without (RFC 3394) and with padding (RFC 5649): what importers and HSMs wrap keys with.
 * Cipher names by the bytes of the wrapping key; `start` is the standard's initial value.
 */
export const KEY_WRAPS = table({
  AES_KW: {
    ciphers: { 16: "id-aes128-wrap", 24: "id-aes192-wrap", 32: "id-aes256-wrap" },
    start: Buffer.from("a6a6a6a6a6a6a6a6", "hex"),
  },
  AES_KWP: {
    ciphers: { 16: "id-aes128-wrap-pad", 24: "id-aes192-wrap-pad", 32: "id-aes256-wrap-pad" },
    start: Buffer.from("a65959a6", "hex"),
  },
});

export type KeyWrap = keyof typeof KEY_WRAPS;

/** Longest key that is wrapped or unwrapped: an RSA-4096 private key in PKCS#8 is below it. */
const MOST_BYTES = 8192;

export function wrapKey(algorithm: KeyWrap, wrapping: KeyHandle, secret: Secret): Buffer {
  return secret.use((bytes) => {
    needs(bytes.length <= MOST_BYTES, "a wrapped key is bounded");
    needs(
      algorithm === "AES_KWP" || (bytes.length % 8 === 0 && bytes.length >= 16),
      "AES-KW takes whole blocks, two or more",
    );
    const cipher = createCipheriv(cipherOf(algorithm, wrapping), wrapping, KEY_WRAPS[algorithm].start);
    return Buffer.concat([cipher.update(bytes), cipher.final()]);
  });
}

/** Throws BrokenSeal for everything that `wrapKey` under this key did not make. */
export function unwrapKey(algorithm: KeyWrap, wrapping: KeyHandle, wrapped: Bytes): Secret {
  const leastBytes = algorithm === "AES_KWP" ? 16 : 24;
  if (wrapped.length < leastBytes || wrapped.length % 8 !== 0 || wrapped.length > MOST_BYTES + 16)
    throw new BrokenSeal();
  const decipher = createDecipheriv(cipherOf(algorithm, wrapping), wrapping, KEY_WRAPS[algorithm].start);
  try {
    // Both modes give everything in `update`; `final` is empty.
    const bytes = decipher.update(wrapped);
    decipher.final();
    return Secret.own(bytes);
  } catch {
    throw new BrokenSeal();
  }
}

function cipherOf(algorithm: KeyWrap, wrapping: KeyHandle): string {
  const ciphers: Readonly<Record<number, string>> = KEY_WRAPS[algorithm].ciphers;
  const cipher = ciphers[wrapping.symmetricKeySize ?? 0];
  needs(cipher !== undefined, "AES keys have 16, 24 or 32 bytes");
  return cipher;
}
