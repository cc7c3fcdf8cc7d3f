import { createPublicKey, type KeyObject } from "node:crypto";
import { asBuffer, Lru } from "../../base/index.js";

const CACHED_KEYS = 1_000;
const cache = new Lru<string, KeyObject>(CACHED_KEYS);

/** OpenSSL's own form of a public key that we made: reading it takes longer than most uses of it. */
export function opensslPublicKey(spki: Uint8Array): KeyObject {
  const bytes = asBuffer(spki);
  const name = bytes.toString("latin1");
  const known = cache.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: bytes, format: "der", type: "spki" });
  cache.set(name, key);
  return key;
}
