import { createPrivateKey, createSecretKey, type KeyObject } from "node:crypto";
import { needs } from "../../base/index.js";
import { Secret } from "../secret.js";
import { BadKey } from "./bad-key.js";
import { type Seed, seedOf, seedPkcs8 } from "./seed.js";
import { isMlDsa, isMlKem, KEY_PAIRS, type KeyPairSpec, type MlDsaSpec, type MlKemSpec } from "./specs.js";

/**
 * A private key that can be used and not read by accident. Its bytes lie outside the JavaScript heap. ML-DSA and
 * ML-KEM keys are kept as the seed they grow from, all others as OpenSSL's own key.
 */
export interface PrivateKeyHandle<Spec extends KeyPairSpec = KeyPairSpec> {
  readonly spec: Spec;
  readonly key: KeyObject;
}

export interface KeyPair {
  readonly privateKey: PrivateKeyHandle;
  /** X.509 SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

/** PKCS#8 DER, always the same bytes for the same key: what is sealed and given out. The caller wipes it. */
export function privateKeyBytes(handle: PrivateKeyHandle): Secret {
  if (!isSeeded(handle)) return Secret.own(handle.key.export({ type: "pkcs8", format: "der" }));
  const seed = handle.key.export();
  const bytes = seedPkcs8(KEY_PAIRS[handle.spec], seed);
  seed.fill(0);
  return Secret.own(bytes);
}

/** A handle over what `privateKeyBytes` gave; whatever comes from outside is for `importPrivateKey` instead. */
export function openPrivateKey(spec: KeyPairSpec, pkcs8: Secret): PrivateKeyHandle {
  if (isMlDsa(spec) || isMlKem(spec)) return pkcs8.use((bytes) => seedHandle(spec, seedOf(KEY_PAIRS[spec], bytes)));
  return pkcs8.use((bytes) => ({ spec, key: opensslKey(bytes) }));
}

/** Takes the seed over and wipes it. */
export function seedHandle<Spec extends MlDsaSpec | MlKemSpec>(spec: Spec, seed: Seed): PrivateKeyHandle<Spec> {
  const key = createSecretKey(seed);
  seed.fill(0);
  return { spec, key };
}

export function opensslKey(pkcs8: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  } catch {
    throw new BadKey();
  }
}

export function isSeeded(handle: PrivateKeyHandle): handle is PrivateKeyHandle<MlDsaSpec | MlKemSpec> {
  const seeded = isMlDsa(handle.spec) || isMlKem(handle.spec);
  needs(seeded === (handle.key.type === "secret"), "a handle's key is of its spec");
  return seeded;
}
