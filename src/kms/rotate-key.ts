import { MINUTE_MS } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import type { WriteTx } from "../store/index.js";
import { noSuchKey } from "./identifiers.js";
import { type Key, type KeyRef, keyArn } from "./key.js";
import { eachKey, type Kms, type KmsWorker } from "./kms.js";
import { shareMaterial, tellReplicas } from "./multi-region/share.js";
import { type SpreadMaterial, withNewMaterial } from "./multi-region/spread-material.js";
import { isRotationDue, type RotationType, refuseRotationOnDemand, rotated } from "./rotation.js";
import { addMaterial, findKey, keysToRotate, updateKey } from "./store.js";
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
  await withNewMaterial(kms, ref, async (made) => {
    const event = rotationEvent(kms, stored.key, made.material.id, "AUTOMATIC", now);
    const replicas = await kms.audit.commit(kms.database, event, async (tx) => {
      const current = await findKey(tx, ref);
      const unchanged = current?.key.material === stored.key.material;
      if (current === undefined || !unchanged || !isRotationDue(current.key, now)) throw new NoLongerDue();
      return putMaterial(tx, current.key, made, "AUTOMATIC", now);
    });
    await kms.audit.record(event);
    await tellReplicas(kms, replicas, now);
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
  const { event, replicas } = await withNewMaterial(kms, ref, (made) =>
    commit(async (tx) => {
      const stored = await findKey(tx, ref);
      if (stored === undefined) throw noSuchKey(keyArn(ref));
      refuseRotationOnDemand(stored.key, now);
      const replicas = await putMaterial(tx, stored.key, made, "ON_DEMAND", now);
      return { replicas, event: rotationEvent(kms, stored.key, made.material.id, "ON_DEMAND", now) };
    }),
  );
  await kms.audit.record(event);
  await tellReplicas(kms, replicas, now);
}

/** Gives the replicas that have the new material too. */
async function putMaterial(
  tx: WriteTx,
  key: Key,
  { material: { id }, copied }: SpreadMaterial,
  type: RotationType,
  now: Date,
): Promise<readonly Key[]> {
  const next = rotated(key, id, type, now);
  const material = { id, state: "CURRENT", rotated: { at: now, type } } as const;
  await updateKey(tx, next);
  await addMaterial(tx, key, material);
  return shareMaterial(tx, next, material, copied);
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
