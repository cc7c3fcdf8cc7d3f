import {
  type BlobKey,
  blobKey,
  HMAC_KEYS,
  type HmacSpec,
  isHmacSpec,
  isKeyPairSpec,
  type KeyHandle,
  keyHandle,
  type MaterialSpec,
  openPrivateKey,
  type PrivateKeyHandle,
  type Secret,
} from "../../crypto/index.js";
import { KeyStoreError, type Material } from "../port.js";

/** Material that can be used, and whose it is. */
export type LoadedMaterial = { readonly account: string; readonly keyId: string } & (
  | { readonly kind: "symmetric"; readonly key: BlobKey }
  | { readonly kind: "hmac"; readonly spec: HmacSpec; readonly key: KeyHandle }
  | { readonly kind: "pair"; readonly key: PrivateKeyHandle }
);

/** The secret still belongs to the caller. */
export function loadMaterial({ id, owner }: Material, spec: MaterialSpec, secret: Secret): LoadedMaterial {
  const { account, keyId } = owner;
  if (isKeyPairSpec(spec)) return { account, keyId, kind: "pair", key: openPrivateKey(spec, secret) };
  if (isHmacSpec(spec)) return { account, keyId, kind: "hmac", spec, key: keyHandle(secret) };
  return { account, keyId, kind: "symmetric", key: blobKey(keyHandle(secret), { account, keyId, materialId: id }) };
}

export function symmetricKey(loaded: LoadedMaterial): BlobKey {
  if (loaded.kind !== "symmetric") throw new KeyStoreError("wrong-material");
  return loaded.key;
}

/** The key, if its one algorithm is that one. */
export function hmacKey(loaded: LoadedMaterial, algorithm: string): KeyHandle {
  if (loaded.kind !== "hmac" || HMAC_KEYS[loaded.spec].algorithm !== algorithm) {
    throw new KeyStoreError("wrong-material");
  }
  return loaded.key;
}

export function privateKey(loaded: LoadedMaterial): PrivateKeyHandle {
  if (loaded.kind !== "pair") throw new KeyStoreError("wrong-material");
  return loaded.key;
}
