import { createHmac } from "node:crypto";
import { type Bytes, equalBytes, table } from "../base/index.js";
import type { KeyHandle } from "./key.js";
import { primitives } from "./primitives.js";

/** HMAC (FIPS 198-1), under the names KMS gives them. */
export const HMACS = table({
  HMAC_SHA_224: { hash: "sha224", macBytes: 28 },
  HMAC_SHA_256: { hash: "sha256", macBytes: 32 },
  HMAC_SHA_384: { hash: "sha384", macBytes: 48 },
  HMAC_SHA_512: { hash: "sha512", macBytes: 64 },
});

export type HmacAlgorithm = keyof typeof HMACS;

export function mac(algorithm: HmacAlgorithm, key: KeyHandle, message: Bytes): Buffer {
  return createHmac(HMACS[algorithm].hash, key).update(message).digest();
}

/** HMAC_SHA_256 of a text's UTF-8 bytes, in lower-case hex. The key has at most 64 bytes. */
export const textMac = (key: KeyHandle, text: string): string => primitives.hmacHex(key, text);

/** Whole tags only: a shortened one is another tag. Compares in constant time. */
export function isMac(algorithm: HmacAlgorithm, key: KeyHandle, message: Bytes, tag: Bytes): boolean {
  return equalBytes(mac(algorithm, key, message), tag);
}
