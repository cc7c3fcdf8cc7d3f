import { MINUTE_MS } from "../base/index.js";
import type { Material, MaterialId } from "../keystore/index.js";
import type { WriteTx } from "../store/index.js";
import { noSuchKey } from "./identifiers.js";
import { type Key, type KeyRef, keyArn } from "./key.js";
import { eachKey, type Kms, type KmsWorker } from "./kms.js";
import { isRotationDue, type RotationType, refuseRotationOnDemand, rotated } from "./rotation.js";
import { addMaterial, findKey, keysToRotate, materialsOf, updateKey } from "./store.js";
import { serviceEvent } from "./trail.js";

const BATCH = 500;

/** Rotates every key whose day has come, customer's and AWS's alike (kms ). */
export const rotationWorker = (kms: () => Kms): KmsWorker => ({
  name: "kms-rotation",
  everyMs: MINUTE_MS,
  run: async (now) => {
    const due = await kms().database.read((tx) => keysToRotate(tx, now, BATCH));
    await eachKey(kms(), due, "kms key not rotated", (ref) => rotateIfDue(kms(), ref, now));
  },
});

/** Thrown inside the unit of work when somebody else rotated, disabled or deleted the key first: nothing is kept. */
class NoLongerDue extends Error {}

export async function rotateIfDue(kms: Kms, ref: KeyRef, now: Date): Promise<void> {
  const stored = await kms.database.read((tx) => findKey(tx, ref));
  if (stored === undefined || !isRotationDue(stored.key, now)) return;
  await withNewMaterial(kms, ref, async (material) => {
    const event = rotationEvent(kms, stored.key, material.id, "AUTOMATIC", now);
    await kms.audit.commit(kms.database, event, async (tx) => {
      const current = await findKey(tx, ref);
      const unchanged = current?.key.material === stored.key.material;
      if (current === undefined || !unchanged || !isRotationDue(current.key, now)) throw new NoLongerDue();
      await putMaterial(tx, current.key, material.id, "AUTOMATIC", now);
    });
    await kms.audit.record(event);
  }).catch((thrown: unknown) => {
    if (!(thrown instanceof NoLongerDue)) throw thrown;
  });
}

/** At the caller's word; `commit` is the call's own unit of work. The event follows when the rotation is on the disk. */
export async function rotateOnDemand(
  kms: Kms,
  ref: KeyRef,
  now: Date,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<void> {
  const event = await withNewMaterial(kms, ref, (material) =>
    commit(async (tx) => {
      const stored = await findKey(tx, ref);
      if (stored === undefined) throw noSuchKey(keyArn(ref));
      refuseRotationOnDemand(stored.key, now);
      await putMaterial(tx, stored.key, material.id, "ON_DEMAND", now);
      return rotationEvent(kms, stored.key, material.id, "ON_DEMAND", now);
    }),
  );
  await kms.audit.record(event);
}

/** New material is destroyed again when nothing came of it. */
async function withNewMaterial<T>(kms: Kms, ref: KeyRef, use: (material: Material) => Promise<T>): Promise<T> {
  const owner = { account: ref.account, region: ref.region, keyId: ref.id };
  const material = await kms.keyStore.createMaterial(owner);
  try {
    return await use(material);
  } catch (thrown) {
    // A unit that failed to answer may have been kept all the same: material that a key names stays.
    const kept = await kms.database.read((tx) => materialsOf(tx, ref));
    if (!kept.some(({ id }) => id === material.id)) await kms.keyStore.destroy(material);
    throw thrown;
  }
}

async function putMaterial(tx: WriteTx, key: Key, id: MaterialId, type: RotationType, now: Date): Promise<void> {
  await updateKey(tx, rotated(key, id, type, now));
  await addMaterial(tx, key, { id, state: "CURRENT", rotated: { at: now, type } });
}

function rotationEvent(kms: Kms, key: Key, current: MaterialId, rotationType: RotationType, now: Date) {
  const details = {
    rotationType,
    keyOrigin: key.origin,
    keyId: key.arn,
    previousKeyMaterialId: key.material,
    currentKeyMaterialId: current,
  };
  return serviceEvent(key, "RotateKey", details, now, kms.ids.uuid());
}
