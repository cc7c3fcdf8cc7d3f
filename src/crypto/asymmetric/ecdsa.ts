import type { KeyObject } from "node:crypto";
import { BadDer, DerReader, positive, SEQUENCE, sequence } from "./der.js";
import { curve } from "./noble.js";
import { type EcSpec, KEY_PAIRS } from "./specs.js";

/** Hedged (RFC 6979 with fresh randomness mixed in); both halves of the range of s, as OpenSSL signs. */
const SIGNING = { prehash: false, lowS: false, extraEntropy: true } as const;
const VERIFYING = { prehash: false, lowS: false } as const;

/**
 * ECDSA over a digest that was made elsewhere, which OpenSSL would hash once more. The scalar is copied out of
 * OpenSSL's key for the time of the call.
 */
export async function signEcdsaDigest(spec: EcSpec, key: KeyObject, digest: Buffer): Promise<Buffer> {
  const algorithm = await curve(spec);
  const scalar = scalarOf(spec, key);
  try {
    return derOf(spec, algorithm.sign(digest, scalar, SIGNING));
  } finally {
    scalar.fill(0);
  }
}

export async function verifyEcdsaDigest(
  spec: EcSpec,
  key: KeyObject,
  digest: Buffer,
  signature: Buffer,
): Promise<boolean> {
  const compact = compactOf(spec, signature);
  if (compact === undefined) return false;
  return (await curve(spec)).verify(compact, digest, pointOf(spec, key), VERIFYING);
}

/** PKCS#8 as OpenSSL writes it: the scalar, whole, is the first octet string inside of ECPrivateKey. */
function scalarOf(spec: EcSpec, key: KeyObject): Buffer {
  const sec1 = key.export({ type: "sec1", format: "der" });
  const parts = new DerReader(new DerReader(sec1).read(SEQUENCE));
  parts.read(0x02);
  const scalar = Buffer.alloc(KEY_PAIRS[spec].coordinateBytes);
  scalar.set(parts.read(0x04));
  sec1.fill(0);
  return scalar;
}

/** SubjectPublicKeyInfo ends with the uncompressed point. */
function pointOf(spec: EcSpec, key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" }).subarray(-1 - 2 * KEY_PAIRS[spec].coordinateBytes);
}

function derOf(spec: EcSpec, compact: Uint8Array): Buffer {
  const { coordinateBytes } = KEY_PAIRS[spec];
  const bytes = Buffer.from(compact);
  return sequence(positive(bytes.subarray(0, coordinateBytes)), positive(bytes.subarray(coordinateBytes)));
}

/** r and s, each as long as a coordinate; undefined for whatever is not strictly DER. */
function compactOf(spec: EcSpec, signature: Buffer): Buffer | undefined {
  const { coordinateBytes } = KEY_PAIRS[spec];
  try {
    const outer = new DerReader(signature);
    const parts = new DerReader(outer.read(SEQUENCE));
    outer.end();
    const numbers = [parts.readPositive(), parts.readPositive()];
    parts.end();
    if (numbers.some(({ length }) => length === 0 || length > coordinateBytes)) return undefined;
    return Buffer.concat(numbers.flatMap((it) => [Buffer.alloc(coordinateBytes - it.length), it]));
  } catch (thrown) {
    if (thrown instanceof BadDer) return undefined;
    throw thrown;
  }
}
