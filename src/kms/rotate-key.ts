import { MINUTE_MS } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import type { WriteTx } from "../store/index.js";
import { getStoredKey } from "./change-key.js";
import { promotePending } from "./imported/store.js";
import type { Key, KeyRef } from "./key.js";
import { eachKey, type Kms, type KmsWorker } from "./kms.js";
import { promoteInReplicas } from "./multi-region/pending-material.js";
import { shareMaterial, tellReplicas } from "./multi-region/share.js";
import { type SpreadMaterial, withNewMaterial } from "./multi-region/spread-material.js";
import { isRotationDue, nothingToRotateTo, type RotationType, refuseRotationOnDemand, rotated } from "./rotation.js";
import { addMaterial, findKey, keysToRotate, materialsOf, updateKey } from "./store/index.js";
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
      const key = await rotatableKey(tx, ref, now);
      const replicas = await putMaterial(tx, key, made, "ON_DEMAND", now);
      return { replicas, event: rotationEvent(kms, key, made.material.id, "ON_DEMAND", now) };
    }),
  );
  await kms.audit.record(event);
  await tellReplicas(kms, replicas, now);
}

/** The same for a key whose material comes from outside: to the material that waits for it (kms R-8). */
export async function rotateToImported(
  kms: Kms,
  ref: KeyRef,
  now: Date,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<void> {
  const { event, replicas } = await commit(async (tx) => {
    const key = await rotatableKey(tx, ref, now);
    const waiting = (await materialsOf(tx, ref)).find(({ state }) => state === "PENDING_ROTATION");
    if (waiting === undefined) throw nothingToRotateTo(key);
    await promotePending(tx, ref, waiting.id, now);
    const next = rotated(key, waiting.id, "ON_DEMAND", now);
    await updateKey(tx, next);
    const replicas = await promoteInReplicas(tx, next, waiting.id, now);
    return { replicas, event: rotationEvent(kms, key, waiting.id, "ON_DEMAND", now) };
  });
  await kms.audit.record(event);
  await tellReplicas(kms, replicas, now);
}

async function rotatableKey(tx: WriteTx, ref: KeyRef, now: Date): Promise<Key> {
  const { key } = await getStoredKey(tx, ref);
  refuseRotationOnDemand(key, now);
  return key;
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
