import * as nodeCrypto from "node:crypto";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { PrivateKeyHandle } from "./private-key.js";
import { opensslPublicKey } from "./public-key.js";
import { seedBytesOf, seedPkcs8 } from "./seed.js";
import { KEY_PAIRS, type MlDsaSpec, type MlKemSpec } from "./specs.js";

/**
 * ML-DSA and ML-KEM as OpenSSL has them from 3.5 on, which comes with Node 24: from the same seeds, several times as
 * fast, and constant in time. What it lacks, and all of it in Node 20, is done by `noble.ts`.
 */
type SeededSpec = MlDsaSpec | MlKemSpec;

/** Node's functions for key encapsulation, which Node 20 and its types do not know. */
interface Encapsulation {
  encapsulate(publicKey: KeyObject): { sharedKey: Buffer; ciphertext: Buffer };
  decapsulate(privateKey: KeyObject, ciphertext: Uint8Array): Buffer;
}

export const nativeEncapsulation: Encapsulation | undefined =
  "encapsulate" in nodeCrypto && "decapsulate" in nodeCrypto
    ? (nodeCrypto as unknown as Encapsulation) // both were just seen to be there
    : undefined;

const grown = new WeakMap<KeyObject, KeyObject>();

/** OpenSSL's key of a handle's seed, grown once; undefined where OpenSSL does not know the algorithm. */
export function nativePrivateKey({ spec, key }: PrivateKeyHandle<SeededSpec>): KeyObject | undefined {
  if (!isNative(spec)) return undefined;
  const known = grown.get(key);
  if (known !== undefined) return known;
  const seed = key.export();
  const native = grow(spec, seed);
  seed.fill(0);
  grown.set(key, native);
  return native;
}

export function nativePublicKey(spec: SeededSpec, spki: Buffer): KeyObject | undefined {
  return isNative(spec) ? opensslPublicKey(spki) : undefined;
}

/** The public half of a seed, as SubjectPublicKeyInfo. */
export function nativePublicHalf(spec: SeededSpec, seed: Buffer): Buffer | undefined {
  return isNative(spec) ? createPublicKey(grow(spec, seed)).export({ type: "spki", format: "der" }) : undefined;
}

function grow(spec: SeededSpec, seed: Buffer): KeyObject {
  const pkcs8 = seedPkcs8(KEY_PAIRS[spec], seed);
  try {
    return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  } finally {
    pkcs8.fill(0);
  }
}

const found = new Map<SeededSpec, boolean>();

function isNative(spec: SeededSpec): boolean {
  const known = found.get(spec) ?? canGrow(spec);
  found.set(spec, known);
  return known;
}

/** Versions say little: OpenSSL may be another build. So a key is tried. */
function canGrow(spec: SeededSpec): boolean {
  const pair = KEY_PAIRS[spec];
  if (pair.kind === "ml-kem" && nativeEncapsulation === undefined) return false;
  try {
    grow(spec, Buffer.alloc(seedBytesOf(pair)));
    return true;
  } catch {
    return false;
  }
}
