import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import type { Bytes } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import { RSA_ENCRYPTIONS, type RsaEncryptionAlgorithm } from "./algorithms.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { opensslPublicKey } from "./public-key.js";
import { KEY_PAIRS, type RsaSpec } from "./specs.js";

/** How many bytes that algorithm encrypts with a modulus of that spec. */
export function mostPlaintextBytes(spec: RsaSpec, algorithm: RsaEncryptionAlgorithm): number {
  return KEY_PAIRS[spec].bits / 8 - 2 * RSA_ENCRYPTIONS[algorithm].hashBytes - 2;
}

/** The same for a public key: how many bytes can be encrypted to it. */
export function mostBytesTo(publicKey: Uint8Array, algorithm: RsaEncryptionAlgorithm): number {
  const modulusBits = opensslPublicKey(publicKey).asymmetricKeyDetails?.modulusLength ?? 0;
  return modulusBits / 8 - 2 * RSA_ENCRYPTIONS[algorithm].hashBytes - 2;
}

/** The plaintext fits: `mostPlaintextBytes` says what does. `publicKey` is SubjectPublicKeyInfo of an RSA key. */
export function rsaEncrypt(publicKey: Uint8Array, algorithm: RsaEncryptionAlgorithm, plaintext: Bytes): Buffer {
  return publicEncrypt({ key: opensslPublicKey(publicKey), ...oaep(algorithm) }, plaintext);
}

/** Throws BrokenSeal for every ciphertext that `rsaEncrypt` did not make for this key and algorithm. */
export function rsaDecrypt(
  handle: PrivateKeyHandle<RsaSpec>,
  algorithm: RsaEncryptionAlgorithm,
  ciphertext: Bytes,
): Buffer {
  if (ciphertext.length !== KEY_PAIRS[handle.spec].bits / 8) throw new BrokenSeal();
  try {
    return privateDecrypt({ key: handle.key, ...oaep(algorithm) }, ciphertext);
  } catch {
    throw new BrokenSeal();
  }
}

function oaep(algorithm: RsaEncryptionAlgorithm) {
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: RSA_ENCRYPTIONS[algorithm].hash };
}
