import { createHmac } from "node:crypto";
import { type Bytes, equalBytes, table } from "../base/index.js";
import type { KeyHandle } from "./key.js";

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

/** The tag of a text's UTF-8 bytes, in lower-case hex. */
export function macHex(algorithm: HmacAlgorithm, key: KeyHandle, message: string): string {
  return createHmac(HMACS[algorithm].hash, key).update(message).digest("hex");
}

/** Whole tags only: a shortened one is another tag. Compares in constant time. */
export function isMac(algorithm: HmacAlgorithm, key: KeyHandle, message: Bytes, tag: Bytes): boolean {
  return equalBytes(mac(algorithm, key, message), tag);
}
