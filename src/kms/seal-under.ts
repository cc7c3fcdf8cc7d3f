import type { Secret } from "../crypto/index.js";
import {
  type CallOfUse,
  dataKeyBlobInStore,
  dataKeyInStore,
  isInStore,
  openFromStore,
  sealInStore,
} from "./custom-stores/use-store.js";
import { type BlobNames, currentMaterial, materialFor, open, refuseSealing, seal } from "./data-key.js";
import { contextBytes } from "./encryption-context.js";
import type { Kms } from "./kms.js";
import type { EncryptionContext } from "./port.js";
import type { LoadedKey } from "./repository.js";

/** A symmetric encryption key in use, wherever it lies: in the key store of the house or in a custom one. */
export interface SymmetricUse {
  readonly call: CallOfUse;
  readonly loaded: LoadedKey;
  readonly operation: string;
  readonly context: EncryptionContext | undefined;
}

export function sealUnder(kms: Kms, use: SymmetricUse, plaintext: Uint8Array): Promise<Uint8Array> {
  if (isInStore(use.loaded)) return sealInStore(kms, use, plaintext);
  return seal(kms.keyStore, use.loaded, plaintext, use.context);
}

export function openUnder(kms: Kms, use: SymmetricUse, names: BlobNames, blob: Uint8Array): Promise<Buffer> {
  if (isInStore(use.loaded)) return openFromStore(kms, use, blob);
  return open(kms.keyStore, materialFor(use.loaded, names), blob, use.context);
}

export function dataKeyUnder(
  kms: Kms,
  use: SymmetricUse,
  bytes: number,
): Promise<{ plaintext: Secret; blob: Uint8Array }> {
  if (isInStore(use.loaded)) return dataKeyInStore(kms, use, bytes);
  const material = currentMaterial(use.loaded);
  return kms.keyStore.generateDataKey(material, bytes, contextBytes(use.context)).catch(refuseSealing);
}

export function dataKeyBlobUnder(kms: Kms, use: SymmetricUse, bytes: number): Promise<Uint8Array> {
  if (isInStore(use.loaded)) return dataKeyBlobInStore(kms, use, bytes);
  const material = currentMaterial(use.loaded);
  return kms.keyStore.generateDataKeyBlob(material, bytes, contextBytes(use.context)).catch(refuseSealing);
}

/**
 * What records and answers call the material. Of symmetric encryption keys alone; those in custom key stores have none
 * to speak of (kms 1.9).
 */
export const materialName = ({ key }: LoadedKey, names?: BlobNames): string | undefined =>
  key.customStore === undefined && key.spec === "SYMMETRIC_DEFAULT" ? (names?.materialId ?? key.material) : undefined;
