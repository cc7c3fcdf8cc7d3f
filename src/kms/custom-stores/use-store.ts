import { AwsError, needs } from "../../base/index.js";
import { describeBlob, makeStoreBlob, readStoreBlob, Secret, storeBlobHead } from "../../crypto/index.js";
import type { CallContext } from "../../identity/index.js";
import { KeyStoreError } from "../../keystore/index.js";
import { currentMaterial, invalidCiphertext, refuseSealing } from "../data-key.js";
import { contextBytes } from "../encryption-context.js";
import type { Kms } from "../kms.js";
import type { EncryptionContext } from "../port.js";
import type { LoadedKey } from "../repository.js";
import { invalidStoreState, noSuchStore, refuseUnlessConnected } from "./custom-key-store.js";
import {
  type CustomStore,
  type ExternalKey,
  StoreConnectionError,
  StoreFailure,
  type StoreRef,
  type StoreUse,
} from "./port.js";
import { findStore } from "./store.js";

/** What of a call a store learns. A service's own record has a request id of its own. */
export type CallOfUse = Pick<CallContext, "caller" | "requestId" | "viaService">;

/** One use of a key that lies in a custom key store. */
export interface KeyInStoreUse {
  readonly call: CallOfUse;
  readonly loaded: LoadedKey;
  /** As KMS calls it: `GenerateDataKey`. */
  readonly operation: string;
  readonly context: EncryptionContext | undefined;
}

export const isInStore = ({ key }: LoadedKey): boolean => key.customStore !== undefined;

export async function sealInStore(kms: Kms, use: KeyInStoreUse, plaintext: Uint8Array): Promise<Uint8Array> {
  const aad = contextBytes(use.context);
  if (!encryptsTwice(kms, use)) return sealOuter(kms, use, plaintext, aad);
  const inner = await kms.keyStore.encrypt(currentMaterial(use.loaded), plaintext, aad).catch(refuseSealing);
  return sealOuter(kms, use, inner, aad);
}

/** With two layers the data key is made where the inner one is: its plaintext passes here only to be answered. */
export async function dataKeyInStore(
  kms: Kms,
  use: KeyInStoreUse,
  bytes: number,
): Promise<{ plaintext: Secret; blob: Uint8Array }> {
  const aad = contextBytes(use.context);
  const made = encryptsTwice(kms, use)
    ? await kms.keyStore.generateDataKey(currentMaterial(use.loaded), bytes, aad).catch(refuseSealing)
    : await bareDataKey(kms, bytes);
  try {
    return { plaintext: made.plaintext, blob: await sealOuter(kms, use, made.blob, aad) };
  } catch (thrown) {
    made.plaintext.wipe();
    throw thrown;
  }
}

/** The store itself encrypts it, so the blob to seal is the key. Both share their bytes and are wiped together. */
async function bareDataKey(kms: Kms, bytes: number): Promise<{ plaintext: Secret; blob: Uint8Array }> {
  const blob = await kms.keyStore.randomBytes(bytes).catch(refuseSealing);
  return { plaintext: Secret.own(blob), blob };
}

export async function dataKeyBlobInStore(kms: Kms, use: KeyInStoreUse, bytes: number): Promise<Uint8Array> {
  if (encryptsTwice(kms, use)) {
    const aad = contextBytes(use.context);
    const material = currentMaterial(use.loaded);
    const inner = await kms.keyStore.generateDataKeyBlob(material, bytes, aad).catch(refuseSealing);
    return sealOuter(kms, use, inner, aad);
  }
  const { plaintext, blob } = await dataKeyInStore(kms, use, bytes);
  plaintext.wipe();
  return blob;
}

export async function openFromStore(kms: Kms, use: KeyInStoreUse, blob: Uint8Array): Promise<Buffer> {
  const { key } = use.loaded;
  const read = readStoreBlob(blob);
  if (read === undefined || read.header.keyId !== key.id || read.header.materialId !== key.material)
    throw invalidCiphertext();
  const context = contextBytes(use.context);
  const isDouble = encryptsTwice(kms, use);
  const aad = isDouble ? context : Buffer.concat([read.head, context]);
  const opened = await inStore(kms, use, (store, external, how) => store.decrypt(external, read.sealed, aad, how));
  return isDouble ? openInner(kms, use, read.head, opened, context) : opened;
}

/** What the key manager gave back counts only when KMS's own layer, which says whose it is, opens. */
async function openInner(
  kms: Kms,
  { loaded }: KeyInStoreUse,
  head: Buffer,
  inner: Buffer,
  context: Buffer,
): Promise<Buffer> {
  const names = describeBlob(inner);
  if (names === undefined || !storeBlobHead(names).equals(head)) throw wrongInner();
  return kms.keyStore.decrypt(currentMaterial(loaded), inner, context).catch((thrown: unknown) => {
    const isWrong = thrown instanceof KeyStoreError && thrown.reason === "bad-ciphertext";
    return isWrong ? Promise.reject(wrongInner(thrown)) : refuseSealing(thrown);
  });
}

const wrongInner = (cause?: unknown) => invalidState("The external key manager returned an invalid ciphertext.", cause);

async function sealOuter(kms: Kms, use: KeyInStoreUse, bytes: Uint8Array, context: Buffer): Promise<Uint8Array> {
  const { key } = use.loaded;
  needs(key.material !== undefined, "a key that encrypts has a name for its material");
  const header = { account: key.account, keyId: key.id, materialId: key.material };
  const aad = encryptsTwice(kms, use) ? context : Buffer.concat([storeBlobHead(header), context]);
  const sealed = await inStore(kms, use, (store, external, how) => store.encrypt(external, bytes, aad, how));
  return makeStoreBlob(header, sealed);
}

function encryptsTwice(kms: Kms, { loaded }: KeyInStoreUse): boolean {
  needs(loaded.store !== undefined, "a key in a custom key store is read with it");
  return kms.customStores.encryptsTwice(loaded.store);
}

/** Whatever goes wrong in the store is one error for the caller, with the cause in words of ours (kms O-29, E-10). */
async function inStore<T>(
  kms: Kms,
  { call, loaded, operation }: KeyInStoreUse,
  work: (store: CustomStore, key: ExternalKey, use: StoreUse) => Promise<T>,
): Promise<T> {
  const { key, store } = loaded;
  needs(key.customStore !== undefined && store !== undefined, "the key lies in a custom key store");
  const use = storeUse(call, operation, key.arn);
  try {
    return await work(kms.customStores.open(store), { id: key.customStore.externalKeyId }, use);
  } catch (thrown) {
    throw refusedByStore(thrown);
  }
}

/** GenerateRandom from a token; a proxy has no such call (kms O-21). */
export async function randomBytesOf(kms: Kms, ref: StoreRef, count: number): Promise<Buffer> {
  const store = await kms.database.read((tx) => findStore(tx, ref));
  if (store === undefined) throw noSuchStore();
  const opened = store.facts.type === "AWS_CLOUDHSM" ? kms.customStores.open(store) : undefined;
  if (opened?.randomBytes === undefined) {
    throw new AwsError("UnsupportedOperationException", "An external key store makes no random bytes.");
  }
  refuseUnlessConnected(store);
  return opened.randomBytes(count).catch((thrown: unknown) => {
    throw thrown instanceof StoreFailure ? invalidStoreState(thrown.message) : thrown;
  });
}

function refusedByStore(thrown: unknown): unknown {
  if (thrown instanceof StoreFailure) return invalidState(thrown.message, thrown);
  if (thrown instanceof StoreConnectionError) return invalidState("The custom key store cannot be reached.", thrown);
  return thrown;
}

const invalidState = (message: string, cause?: unknown) => new AwsError("KMSInvalidStateException", message, { cause });

export const storeUse = (call: CallOfUse, operation: string, kmsKeyArn?: string): StoreUse => ({
  principalArn: call.caller.principal.arn || call.caller.principal.service || "AWS Internal",
  operation,
  requestId: call.requestId,
  viaService: call.viaService,
  kmsKeyArn,
});
