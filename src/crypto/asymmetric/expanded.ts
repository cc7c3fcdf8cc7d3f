import { createSecretKey, type KeyObject } from "node:crypto";
import type { PrivateKeyHandle } from "./private-key.js";
import type { MlDsaSpec, MlKemSpec } from "./specs.js";

/** Growing a key from its seed takes as long as using it, so it is done once for each handle. */
const expanded = new WeakMap<KeyObject, KeyObject>();

/** A copy of the long form of a seeded key, which the caller wipes. */
export function expandedKey(
  { key }: PrivateKeyHandle<MlDsaSpec | MlKemSpec>,
  grow: (seed: Uint8Array) => { readonly secretKey: Uint8Array },
): Buffer {
  const known = expanded.get(key);
  if (known !== undefined) return known.export();
  const seed = key.export();
  const { secretKey } = grow(seed);
  seed.fill(0);
  expanded.set(key, createSecretKey(secretKey));
  return Buffer.from(secretKey.buffer, secretKey.byteOffset, secretKey.byteLength);
}
