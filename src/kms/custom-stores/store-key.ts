import { AwsError, describeThrown } from "../../base/index.js";
import type { MaterialId } from "../../keystore/index.js";
import type { WriteTx } from "../../store/index.js";
import { keyFacts, type NewKey, refuseOverQuota } from "../create-key.js";
import { type Key, type KeyRef, refText } from "../key.js";
import type { CheckedPolicy } from "../key-policy.js";
import type { Kms } from "../kms.js";
import { addMaterial, findKey, insertKey } from "../store/index.js";
import { type CustomKeyStore, noSuchStore, ORIGINS, refuseUnlessConnected } from "./custom-key-store.js";
import type { ExternalKey, StoreRef, StoreUse } from "./port.js";
import { nameOfStoreKey } from "./registry.js";
import { findStore, isExternalKeyTaken, placeInStore } from "./store.js";

type Commit = <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>;

/** CreateKey in a custom key store: first the key there, then our own material where KMS encrypts too, then the rows. */
export async function createStoreKey(
  kms: Kms,
  made: NewKey,
  policy: CheckedPolicy,
  use: StoreUse,
  commit: Commit,
): Promise<Key> {
  const store = await getStoreFor(kms, made);
  const { ref, request } = made;
  const asked = { account: ref.account, region: ref.region, keyId: ref.id, xksKeyId: request.xksKeyId };
  const opened = kms.customStores.open(store);
  const external = await opened.createKey(asked, use);
  try {
    return await insertStoreKey(kms, made, policy, { store, external }, commit);
  } catch (thrown) {
    // A unit that failed to answer may have been kept all the same.
    const kept = await kms.database.read((tx) => findKey(tx, ref));
    if (kept === undefined) await opened.destroyKey(external).catch(() => {}); // what failed first is what is told
    throw thrown;
  }
}

async function getStoreFor(kms: Kms, { ref, request }: NewKey): Promise<CustomKeyStore> {
  const id = request.customKeyStoreId ?? "";
  const store = await kms.database.read((tx) => findStore(tx, { ...ref, id }));
  if (store === undefined) throw noSuchStore();
  if (ORIGINS[store.facts.type] !== request.origin) {
    const text = `The origin ${request.origin} does not go with the type of the custom key store ${id}.`;
    throw new AwsError("ValidationException", text);
  }
  refuseUnlessConnected(store);
  return store;
}

interface Place {
  readonly store: CustomKeyStore;
  readonly external: ExternalKey;
}

async function insertStoreKey(
  kms: Kms,
  made: NewKey,
  policy: CheckedPolicy,
  { store, external }: Place,
  commit: Commit,
): Promise<Key> {
  const { ref } = made;
  const owner = { account: ref.account, region: ref.region, keyId: ref.id };
  const own = kms.customStores.encryptsTwice(store) ? await kms.keyStore.createMaterial(owner) : undefined;
  // A key that the store alone holds has a name in place of the id of its material.
  const material = own?.id ?? (nameOfStoreKey(ref, external.id) as MaterialId); // 64 hex digits, as material ids are
  const key = keyOf(made, { store, external }, material, kms.clock.now());
  try {
    await commit(async (tx) => {
      await refuseOverQuota(kms, tx, ref);
      await refuseUnlessFree(tx, store, external);
      await insertKey(tx, { key, policy: policy.text, principals: policy.principals });
      if (own !== undefined) await addMaterial(tx, ref, { id: own.id, state: "CURRENT" });
    });
  } catch (thrown) {
    const kept = await kms.database.read((tx) => findKey(tx, ref));
    if (kept === undefined && own !== undefined) await kms.keyStore.destroy(own);
    throw thrown;
  }
  return key;
}

function keyOf(made: NewKey, { store, external }: Place, material: MaterialId, now: Date): Key {
  const { facts, id } = store;
  const cluster = facts.type === "AWS_CLOUDHSM" ? { clusterId: facts.clusterId } : {};
  const customStore = { id, type: facts.type, externalKeyId: external.id, ...cluster };
  return { ...keyFacts(made, now), customStore, state: "Enabled", material };
}

/** The store may have been disconnected meanwhile, and another call may have taken the external key (kms E-4). */
async function refuseUnlessFree(tx: WriteTx, ref: StoreRef, external: ExternalKey): Promise<void> {
  const store = await findStore(tx, ref);
  if (store === undefined) throw noSuchStore();
  refuseUnlessConnected(store);
  if (!(await isExternalKeyTaken(tx, store, external.id))) return;
  const text = "Another KMS key in this external key store is associated with the external key.";
  throw new AwsError("XksKeyAlreadyInUseException", text);
}

/** As far as it can be done: a store that cannot be asked keeps no KMS key alive (kms X-10). */
export async function destroyInStore(kms: Kms, ref: KeyRef): Promise<void> {
  const place = await kms.database.read((tx) => placeInStore(tx, ref));
  if (place === undefined) return;
  try {
    await kms.customStores.open(place.store).destroyKey({ id: place.externalKeyId });
  } catch (thrown) {
    kms.log.warn("custom-store-key-not-destroyed", { key: refText(ref), ...describeThrown(thrown) });
  }
}
