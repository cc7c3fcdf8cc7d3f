import {
  HMACS,
  type HmacAlgorithm,
  isKeyPairSpec,
  isMaterialSpec,
  type KeyPairSpec,
  type MaterialSpec,
  RSA_ENCRYPTIONS,
  type RsaEncryptionAlgorithm,
} from "../../crypto/index.js";
import type { CipherSource, CipherTarget } from "../port.js";
import { BadFrame, type Field } from "./frames.js";
import { bytesAt, materialField, parseMaterial, textAt } from "./protocol.js";

/** A source as four fields: the kind, the material, the ciphertext, the additional data or the algorithm. */
export const cipherSourceFields = (source: CipherSource): Field[] =>
  "aad" in source
    ? ["symmetric", materialField(source.material), source.blob, source.aad]
    : ["rsa", materialField(source.material), source.blob, source.algorithm];

export function parseCipherSource(fields: readonly Buffer[], at: number): CipherSource {
  const [material, blob] = [parseMaterial(fields, at + 1), bytesAt(fields, at + 2)];
  if (isSymmetric(fields, at)) return { material, blob, aad: bytesAt(fields, at + 3) };
  return { material, blob, algorithm: rsaAlgorithmAt(fields, at + 3) };
}

/** A target as three fields: the kind, the material or the public key, the additional data or the algorithm. */
export const cipherTargetFields = (target: CipherTarget): Field[] =>
  "material" in target
    ? ["symmetric", materialField(target.material), target.aad]
    : ["rsa", target.publicKey, target.algorithm];

export function parseCipherTarget(fields: readonly Buffer[], at: number): CipherTarget {
  if (isSymmetric(fields, at)) return { material: parseMaterial(fields, at + 1), aad: bytesAt(fields, at + 2) };
  return { publicKey: bytesAt(fields, at + 1), algorithm: rsaAlgorithmAt(fields, at + 2) };
}

function isSymmetric(fields: readonly Buffer[], at: number): boolean {
  const kind = textAt(fields, at);
  if (kind !== "symmetric" && kind !== "rsa") throw new BadFrame("no such kind of key");
  return kind === "symmetric";
}

export function specAt(fields: readonly Buffer[], at: number): MaterialSpec {
  const spec = textAt(fields, at);
  if (!isMaterialSpec(spec)) throw new BadFrame("no such spec");
  return spec;
}

export function keyPairSpecAt(fields: readonly Buffer[], at: number): KeyPairSpec {
  const spec = textAt(fields, at);
  if (!isKeyPairSpec(spec)) throw new BadFrame("no such key pair");
  return spec;
}

export const rsaAlgorithmAt = (fields: readonly Buffer[], at: number): RsaEncryptionAlgorithm =>
  nameAt(RSA_ENCRYPTIONS, fields, at);

export const hmacAlgorithmAt = (fields: readonly Buffer[], at: number): HmacAlgorithm => nameAt(HMACS, fields, at);

/** One of the table's names. */
export function nameAt<T extends object>(names: T, fields: readonly Buffer[], at: number): keyof T {
  const name = textAt(fields, at);
  if (!(name in names)) throw new BadFrame("no such name");
  return name as keyof T; // tables have no prototype, so what is in them is one of their names
}
