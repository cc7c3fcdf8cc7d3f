import { AwsError, equalBytes, needs } from "../base/index.js";
import { type BlobParts, joinBlob, splitBlob } from "../crypto/index.js";
import type { CallContext } from "../identity/index.js";
import { KeyStoreError, type Material } from "../keystore/index.js";
import { currentMaterial, invalidCiphertext, refuseOpening, refuseSealing } from "./data-key.js";
import { findKey } from "./find-key.js";
import type { Key } from "./key.js";
import type { Kms } from "./kms.js";
import type { LoadedKey } from "./repository.js";
import { authorizeUse } from "./service-keys.js";
import { noteUse, refuseUnlessFit } from "./use-key.js";

/** A ciphertext for somebody else's format: the parts of a blob, and which of the key's materials made it. */
export interface ExternalCiphertext extends BlobParts {
  /** The first bytes of the material's id. */
  readonly materialHint: Buffer;
}

export const MATERIAL_HINT_BYTES = 4;

/**
 * A KMS key as the external key of somebody else's key store, in the name of a caller whom the owner chose. Records
 * are written by whoever uses it. `aad` begins with a name of its own, which no canonical encryption context can be:
 * so blobs of the KMS API and ciphertexts made here never open each other.
 */
export interface ExternalUse {
  describe(call: CallContext, keyArn: string): Promise<Key>;
  encrypt(call: CallContext, keyArn: string, plaintext: Buffer, aad: ExternalAad): Promise<ExternalCiphertext>;
  /** Throws InvalidCiphertextException for every ciphertext that this key did not make with this `aad`. */
  decrypt(call: CallContext, keyArn: string, sealed: ExternalCiphertext, aad: ExternalAad): Promise<Buffer>;
}

export interface ExternalAad {
  /** `xks/` and the external key's id. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function externalUse(kms: Kms): ExternalUse {
  return {
    async describe(call, keyArn) {
      return (await authorized(kms, call, keyArn, "kms:DescribeKey")).key;
    },

    async encrypt(call, keyArn, plaintext, aad) {
      const loaded = await authorized(kms, call, keyArn, "kms:Encrypt");
      refuseUnlessUsable(loaded, "Encrypt");
      const material = currentMaterial(loaded);
      const blob = await kms.keyStore.encrypt(material, plaintext, aadBytes(aad)).catch(refuseSealing);
      noteUse(kms, loaded.key, "Encrypt", call);
      return { ...splitBlob(blob), materialHint: hintOf(material) };
    },

    async decrypt(call, keyArn, sealed, aad) {
      const loaded = await authorized(kms, call, keyArn, "kms:Decrypt");
      refuseUnlessUsable(loaded, "Decrypt");
      const plaintext = await openWithAny(kms, loaded, sealed, aadBytes(aad));
      noteUse(kms, loaded.key, "Decrypt", call);
      return plaintext;
    },
  };
}

async function authorized(kms: Kms, call: CallContext, keyArn: string, action: string): Promise<LoadedKey> {
  const loaded = await findKey(kms, call, keyArn, { action, badArn: "NotFoundException" });
  await authorizeUse(kms, call, loaded, action);
  return loaded;
}

function refuseUnlessUsable(loaded: LoadedKey, operation: string): void {
  refuseUnlessFit(loaded, operation, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT");
  if (loaded.key.customStore === undefined) return;
  const text = `${loaded.key.arn} lies in a custom key store itself and serves no other.`;
  throw new AwsError("InvalidKeyUsageException", text);
}

/** Canonical contexts begin with a count of pairs; four letters are more pairs than any can hold. */
function aadBytes({ name, bytes }: ExternalAad): Buffer {
  needs(/^xks\/[!-~]+$/.test(name), "the name tells these ciphertexts apart from those of the KMS API");
  return Buffer.concat([Buffer.from(`${name}\0`, "latin1"), bytes]);
}

const hintOf = ({ id }: Material): Buffer => Buffer.from(id, "hex").subarray(0, MATERIAL_HINT_BYTES);

/** Nearly always there is one material with that hint, or none. */
async function openWithAny(kms: Kms, loaded: LoadedKey, sealed: ExternalCiphertext, aad: Buffer): Promise<Buffer> {
  const { account, id: keyId } = loaded.key;
  for (const material of loaded.materials.values()) {
    if (!equalBytes(hintOf(material), sealed.materialHint)) continue;
    const blob = joinBlob({ account, keyId, materialId: material.id }, sealed);
    const opened = await kms.keyStore.decrypt(material, blob, aad).catch(passOver);
    if (opened !== undefined) return opened;
  }
  throw invalidCiphertext();
}

function passOver(thrown: unknown): undefined {
  if (thrown instanceof KeyStoreError && thrown.reason === "bad-ciphertext") return undefined;
  return refuseOpening(thrown);
}
