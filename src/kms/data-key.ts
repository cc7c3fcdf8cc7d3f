import { AwsError } from "../base/index.js";
import { describeBlob, describeStoreBlob } from "../crypto/index.js";
import { type KeyStore, KeyStoreError, type Material } from "../keystore/index.js";
import { contextBytes } from "./encryption-context.js";
import type { EncryptionContext } from "./port.js";
import type { LoadedKey } from "./repository.js";

/** Which key and material a ciphertext names. Nothing of it is believed until the ciphertext opens. */
export interface BlobNames {
  readonly account: string;
  readonly keyId: string;
  readonly materialId: string;
}

/** No message: every way in which a ciphertext can be wrong looks the same (kms W-8). */
export const invalidCiphertext = (cause?: unknown): AwsError =>
  new AwsError("InvalidCiphertextException", undefined, { cause });

export function namesIn(blob: Uint8Array): BlobNames {
  const names = describeBlob(blob) ?? describeStoreBlob(blob);
  if (names === undefined) throw invalidCiphertext();
  return names;
}

/** What encrypts. The key's state was checked, so its absence is our mistake and not the caller's. */
export function currentMaterial(loaded: LoadedKey): Material {
  if (loaded.current === undefined) throw internal(`no current material`);
  return loaded.current;
}

/**
 * The material that the blob names, if the key still has it (kms B-9). Of a key in an external key store it is not the
 * whole key: the key manager has seen such blobs, so alone it opens nothing.
 */
export function materialFor(loaded: LoadedKey, names: BlobNames): Material {
  if (loaded.key.customStore !== undefined) throw invalidCiphertext();
  const material = loaded.materials.get(names.materialId);
  if (material === undefined) throw invalidCiphertext();
  return material;
}

export function seal(
  store: KeyStore,
  loaded: LoadedKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): Promise<Uint8Array> {
  return store.encrypt(currentMaterial(loaded), plaintext, contextBytes(context)).catch(refuseSealing);
}

export function open(
  store: KeyStore,
  material: Material,
  blob: Uint8Array,
  context: EncryptionContext | undefined,
): Promise<Buffer> {
  return store.decrypt(material, blob, contextBytes(context)).catch(refuseOpening);
}

/** While new ciphertext is made, missing material is a fault of the house. */
export function refuseSealing(thrown: unknown): never {
  throw translated(thrown, (cause) => internal("material missing", cause));
}

/** Material that the store does not know opens nothing: the caller learns what a wrong ciphertext tells. */
export function refuseOpening(thrown: unknown): never {
  throw translated(thrown, invalidCiphertext);
}

function translated(thrown: unknown, wrong: (cause: unknown) => AwsError): unknown {
  // A full disk is for the gateway to tell: it is no fault of KMS's.
  if (!(thrown instanceof KeyStoreError) || thrown.reason === "full") return thrown;
  return keyStoreAway(thrown) ?? wrong(thrown);
}

/** For what the key store does without any ciphertext of the caller's. */
export function keyStoreRefusal(thrown: unknown): never {
  throw (thrown instanceof KeyStoreError ? keyStoreAway(thrown) : undefined) ?? thrown;
}

/** The refusal when the key store cannot be asked now; undefined when that is not what it says. */
export function keyStoreAway(thrown: KeyStoreError): AwsError | undefined {
  if (thrown.reason === "unreachable") {
    const options = { fault: "server", status: 503, cause: thrown } as const;
    return new AwsError("DependencyTimeoutException", "The key store cannot be reached.", options);
  }
  if (thrown.reason === "busy") {
    const text = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
    return new AwsError("ThrottlingException", text, { cause: thrown });
  }
  if (thrown.reason === "sealed") {
    return new AwsError("KeyUnavailableException", "The key store is sealed.", { fault: "server", cause: thrown });
  }
  return undefined;
}

const internal = (why: string, cause?: unknown) =>
  new AwsError("KMSInternalException", "The request failed inside KMS.", { fault: "server", cause: cause ?? why });

/** AES_128 or AES_256, or a number of bytes; exactly one of them (kms O-22). */
export function dataKeyBytes(spec: string | undefined, numberOfBytes: number | undefined): number {
  if ((spec === undefined) === (numberOfBytes === undefined)) {
    throw new AwsError("ValidationException", "Please specify either number of bytes or key spec.");
  }
  return numberOfBytes ?? (spec === "AES_128" ? 16 : 32);
}
