import type { Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { getStoredKey } from "../change-key.js";
import type { Key, KeyRef } from "../key.js";
import type { Kms } from "../kms.js";
import type { KeyMaterial } from "../rotation.js";
import { addMaterial, findKey, updateKey } from "../store/index.js";
import { serviceEvent } from "../trail.js";
import { familyRole, siblingsOf } from "./family.js";

// What all related keys share (kms M-2) stands in each of their rows and is written into all of them in one
// transaction, so that every Region reads its own row alone and no two ever differ.

/** Changes a key; what it shares with its replicas changes in them too. Gives the replicas that were told. */
export async function changeShared(
  tx: WriteTx,
  ref: KeyRef,
  change: (key: Key) => Key,
): Promise<{ key: Key; replicas: readonly Key[] }> {
  const key = change((await getStoredKey(tx, ref)).key);
  await updateKey(tx, key);
  const replicas = await livingReplicas(tx, key);
  for (const replica of replicas) await updateKey(tx, withShared(replica, key));
  return { key, replicas };
}

/**
 * Makes the new material of the primary the current one of every replica as well, which must have been given a copy
 * before (kms R-10): throws WithoutCopy for one that came into being meanwhile.
 */
export async function shareMaterial(
  tx: WriteTx,
  primary: Key,
  material: KeyMaterial,
  copied: ReadonlySet<Region>,
): Promise<readonly Key[]> {
  const replicas = await livingReplicas(tx, primary);
  if (!replicas.every(({ region }) => copied.has(region))) throw new WithoutCopy();
  for (const replica of replicas) {
    await updateKey(tx, withShared(replica, primary));
    await addMaterial(tx, replica, material);
  }
  return replicas;
}

export class WithoutCopy extends Error {}

/** Replicas that are still being created are left out: they take what the primary has when they are finished. */
async function livingReplicas(tx: ReadTx, key: Key): Promise<Key[]> {
  if (familyRole(key) !== "PRIMARY") return [];
  const replicas: Key[] = [];
  for (const ref of siblingsOf(key)) {
    const stored = await findKey(tx, ref);
    if (stored !== undefined && stored.key.state !== "Creating") replicas.push(stored.key);
  }
  return replicas;
}

/** The replica with its primary's shared properties. One that waits for imported material goes on waiting. */
export function withShared(replica: Key, { rotation, onDemandRotations, material }: Key): Key {
  const { rotation: _old, ...rest } = replica;
  const shared: Key = { ...rest, onDemandRotations, ...(rotation === undefined ? {} : { rotation }) };
  if (material === undefined || shared.material === undefined) return shared;
  return { ...shared, material };
}

/** One event in each replica's Region (kms M-11), once the change is on the disk. */
export async function tellReplicas(kms: Kms, replicas: readonly Key[], now: Date): Promise<void> {
  const events = replicas.map((replica) =>
    serviceEvent(replica, "SynchronizeMultiRegionKey", { keyId: replica.arn }, now, kms.ids.uuid()),
  );
  await Promise.all(events.map((event) => kms.audit.record(event)));
}
