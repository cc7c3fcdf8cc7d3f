import { constants, createPrivateKey, type KeyObject, privateDecrypt } from "node:crypto";
import { type Bytes, table } from "../base/index.js";
import type { RsaSpec } from "./asymmetric/specs.js";
import { BrokenSeal } from "./broken-seal.js";
import { KEY_BYTES, ownedHandle } from "./key.js";
import { unwrapKey } from "./key-wrap.js";
import { Secret } from "./secret.js";

/** RSA keys under which key material comes in from outside, by KMS's WrappingKeySpec. */
export const WRAPPING_KEY_SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"] as const satisfies readonly RsaSpec[];
export type WrappingKeySpec = (typeof WRAPPING_KEY_SPECS)[number];

/** How the material is wrapped, by KMS's WrappingAlgorithm. `direct`: RSAES-OAEP alone; otherwise around an AES key. */
export const WRAPPING_ALGORITHMS = table({
  RSAES_OAEP_SHA_1: { hash: "sha1", isDirect: true },
  RSAES_OAEP_SHA_256: { hash: "sha256", isDirect: true },
  RSA_AES_KEY_WRAP_SHA_1: { hash: "sha1", isDirect: false },
  RSA_AES_KEY_WRAP_SHA_256: { hash: "sha256", isDirect: false },
});
export type WrappingAlgorithm = keyof typeof WRAPPING_ALGORITHMS;

/**
 * What was wrapped under the public key. Throws BrokenSeal for everything else, and never says at which step it failed.
 * RSA_AES_KEY_WRAP: the OAEP of a 256-bit AES key, as long as the modulus, then AES-KWP (RFC 5649) of the material.
 */
export function unwrapImported(algorithm: WrappingAlgorithm, privateKey: Secret, wrapped: Bytes): Secret {
  const { hash, isDirect } = WRAPPING_ALGORITHMS[algorithm];
  const key = privateKey.use((pkcs8) => createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
  if (isDirect) return Secret.own(openOaep(key, hash, wrapped));
  const modulusBytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const aesKey = openOaep(key, hash, wrapped.subarray(0, modulusBytes));
  if (aesKey.length !== KEY_BYTES) {
    aesKey.fill(0);
    throw new BrokenSeal();
  }
  return unwrapKey("AES_KWP", ownedHandle(aesKey), wrapped.subarray(modulusBytes));
}

/** MGF1 with the same hash, and an empty label. */
function openOaep(key: KeyObject, oaepHash: string, ciphertext: Bytes): Buffer {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext);
  } catch {
    throw new BrokenSeal();
  }
}
