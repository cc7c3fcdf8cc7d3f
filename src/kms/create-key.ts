import { type AccountId, AwsError, needs, type Region } from "../base/index.js";
import type { MadeMaterial } from "../keystore/index.js";
import type { WriteTx } from "../store/index.js";
import { refuseSealing } from "./data-key.js";
import { NOTHING_IMPORTED } from "./imported/summary.js";
import { type Key, type KeyId, type KeyRef, keyArn, type Tag } from "./key.js";
import type { CheckedPolicy } from "./key-policy.js";
import { algorithmsOf, type KeySpec, type KeyUsage } from "./key-spec.js";
import type { Kms } from "./kms.js";
import type { KeyMaterial } from "./rotation.js";
import { addMaterial, countCustomerKeys, findKey, insertKey } from "./store/index.js";

/** What CreateKey asks for, defaults filled in. */
export interface KeyRequest {
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly origin: Key["origin"];
  readonly multiRegion: boolean;
  readonly customKeyStoreId?: string | undefined;
  readonly xksKeyId?: string | undefined;
}

/** What is said of a spec, a usage and an origin, before anything is made (kms O-1, O-2, O-5). */
export function parseKeyRequest(asked: Partial<KeyRequest>): KeyRequest {
  const spec = asked.spec ?? "SYMMETRIC_DEFAULT";
  const usage = asked.usage ?? (spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : undefined);
  if (usage === undefined) {
    throw validation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  }
  if (algorithmsOf(spec, usage) === undefined) {
    throw validation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  }
  const request = { ...asked, spec, usage, origin: asked.origin ?? "AWS_KMS", multiRegion: asked.multiRegion ?? false };
  checkStore(request);
  checkImportable(request);
  return request;
}

function checkStore({ spec, origin, multiRegion, customKeyStoreId, xksKeyId }: KeyRequest): void {
  const inCustomStore = origin === "AWS_CLOUDHSM" || origin === "EXTERNAL_KEY_STORE";
  if (inCustomStore !== (customKeyStoreId !== undefined)) {
    throw validation("CustomKeyStoreId goes with the origins AWS_CLOUDHSM and EXTERNAL_KEY_STORE, and only with them.");
  }
  if ((origin === "EXTERNAL_KEY_STORE") !== (xksKeyId !== undefined)) {
    throw validation("XksKeyId goes with the origin EXTERNAL_KEY_STORE, and only with it.");
  }
  if (inCustomStore && (spec !== "SYMMETRIC_DEFAULT" || multiRegion)) {
    throw unsupported("Custom key stores hold symmetric encryption keys of a single Region only.");
  }
}

/** Post-quantum keys are only ever made where they stay (kms 8.1). */
function checkImportable({ origin, spec }: KeyRequest): void {
  if (origin !== "EXTERNAL" || !spec.startsWith("ML_")) return;
  throw unsupported(`Key material of the key spec ${spec} cannot be imported.`);
}

/** What AWS makes and this house does not yet. Said clearly, and before anything is written. */
export function refuseUnmade({ spec, customKeyStoreId }: KeyRequest): void {
  if (customKeyStoreId !== undefined) return;
  if (spec === "SM2") throw unsupported("Keys with the key spec SM2 are made in China Regions only.");
}

/** A version 4 UUID; multi-Region keys are told from others by their ids. */
export const newKeyRef = (kms: Kms, account: AccountId, region: Region, multiRegion = false): KeyRef => ({
  account,
  region,
  id: (multiRegion ? `mrk-${kms.ids.hex(32)}` : kms.ids.uuid()) as KeyId, // both are key ids
});

export interface NewKey {
  readonly ref: KeyRef;
  readonly request: KeyRequest;
  readonly description: string;
  readonly tags: readonly Tag[];
}

/** Material first, then the rows that name it, in the call's unit of work. */
export async function createKey(
  kms: Kms,
  made: NewKey,
  policy: CheckedPolicy,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<Key> {
  const { ref } = made;
  if (made.request.origin === "EXTERNAL") return createExternalKey(kms, made, policy, commit);
  const { spec } = made.request;
  needs(spec !== "SM2", "refused before anything is made");
  const owner = { account: ref.account, region: ref.region, keyId: ref.id };
  const material = await kms.keyStore.createMaterial(owner, spec).catch(refuseSealing);
  const key: Key = { ...keyFacts(made, kms.clock.now()), state: "Enabled", material: material.id };
  try {
    await commit(async (tx) => {
      await refuseOverQuota(kms, tx, ref);
      await insertKey(tx, { key, policy: policy.text, principals: policy.principals });
      await addMaterial(tx, ref, materialRow(material));
    });
  } catch (thrown) {
    // A unit that failed to answer may have been kept all the same: material that a key names stays.
    const kept = await kms.database.read((tx) => findKey(tx, ref));
    if (kept === undefined) await kms.keyStore.destroy(material);
    throw thrown;
  }
  return key;
}

const materialRow = ({ id, publicKey }: MadeMaterial): KeyMaterial => ({
  id,
  state: "CURRENT",
  ...(publicKey === undefined ? {} : { publicKey }),
});
/** It waits for the material that its owner brings (kms O-4). */
async function createExternalKey(
  kms: Kms,
  made: NewKey,
  policy: CheckedPolicy,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<Key> {
  const facts = keyFacts(made, kms.clock.now());
  const key: Key = { ...facts, imported: NOTHING_IMPORTED, state: "PendingImport", material: undefined };
  await commit(async (tx) => {
    await refuseOverQuota(kms, tx, made.ref);
    await insertKey(tx, { key, policy: policy.text, principals: policy.principals });
  });
  return key;
}

export const keyFacts = ({ ref, request, description, tags }: NewKey, now: Date) => ({
  ...ref,
  arn: keyArn(ref),
  manager: "CUSTOMER" as const,
  spec: request.spec,
  usage: request.usage,
  origin: request.origin,
  ...(request.multiRegion ? { family: { primary: ref.region, replicas: [] } } : {}),
  description,
  createdAt: now,
  tags,
  onDemandRotations: 0,
});

export async function refuseOverQuota({ quotas }: Kms, tx: WriteTx, ref: KeyRef): Promise<void> {
  if ((await countCustomerKeys(tx, ref.account, ref.region)) < quotas.keysPerRegion) return;
  throw new AwsError("LimitExceededException", `The account has ${quotas.keysPerRegion} keys in ${ref.region}.`);
}

const validation = (message: string) => new AwsError("ValidationException", message);
const unsupported = (message: string) => new AwsError("UnsupportedOperationException", message);
