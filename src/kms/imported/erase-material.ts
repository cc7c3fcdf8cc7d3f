import { AwsError, describeThrown, MINUTE_MS, SECOND_MS } from "../../base/index.js";
import type { MaterialId } from "../../keystore/index.js";
import type { WriteTx } from "../../store/index.js";
import { keyStoreRefusal } from "../data-key.js";
import { type Key, type KeyRef, keyArn } from "../key.js";
import { eachKey, type Kms, type KmsWorker } from "../kms.js";
import { dropFromReplicas, settleWaiting } from "../multi-region/pending-material.js";
import type { KeyMaterial } from "../rotation.js";
import { findKey, materialsOf, updateKey } from "../store/index.js";
import { serviceEvent } from "../trail.js";
import { ownerOf } from "./import-material.js";
import { refuseUnlessErasable } from "./import-order.js";
import { markErased, materialsToErase, materialsToExpire, readImporting, settleErased } from "./store.js";
import { isPermanent } from "./summary.js";

const BATCH = 500;

/**
 * Ends imported material at its time, and finishes what a process that died began to destroy. Uses of a key look at
 * the clock themselves (`find-key.ts`); this is for keys that nobody uses.
 */
export const expiryWorker = (kms: () => Kms): KmsWorker => ({
  name: "kms-import-expiry",
  everyMs: SECOND_MS,
  run: async (now) => {
    const due = await kms().database.read((tx) => materialsToExpire(tx, now, BATCH));
    await eachKey(kms(), due, "kms material not expired", (ref) => expireMaterials(kms(), ref, now));
    const before = new Date(now.getTime() - MINUTE_MS);
    const owed = await kms().database.read((tx) => materialsToErase(tx, before, BATCH));
    for (const { material, ...ref } of owed) await destroyQuietly(kms(), ref, material);
  },
});

/** At its time the material goes, and its key waits for it again (kms I-15). */
export async function expireMaterials(kms: Kms, ref: KeyRef, now: Date): Promise<void> {
  const materials = await kms.database.read((tx) => materialsOf(tx, ref));
  for (const { id } of materials.filter((material) => isOver(material, now))) await expire(kms, ref, id, now);
}

const isOver = ({ imported }: KeyMaterial, now: Date): boolean =>
  imported?.isHere === true && imported.validTo !== undefined && imported.validTo <= now;

/** Thrown inside the unit of work when somebody else was first: nothing is kept, and nothing is recorded. */
class NoLongerDue extends Error {}

async function expire(kms: Kms, ref: KeyRef, id: MaterialId, now: Date): Promise<void> {
  const stored = await kms.database.read((tx) => findKey(tx, ref));
  if (stored === undefined) return;
  const event = expiryEvent(kms, stored.key, id, now);
  let copies: readonly KeyRef[];
  try {
    copies = await kms.audit.commit(kms.database, event, async (tx) => {
      const material = (await materialsOf(tx, ref)).find((each) => each.id === id);
      const key = (await findKey(tx, ref))?.key;
      if (key === undefined || material === undefined || !isOver(material, now)) throw new NoLongerDue();
      return takeAway(tx, key, material, now);
    });
  } catch (thrown) {
    if (thrown instanceof NoLongerDue) return;
    throw thrown;
  }
  await kms.audit.record(event);
  for (const copy of copies) await destroyQuietly(kms, copy, id);
}

function expiryEvent(kms: Kms, key: Key, id: MaterialId, now: Date) {
  const details = { keyId: key.arn, ...(key.spec === "SYMMETRIC_DEFAULT" ? { keyMaterialId: id } : {}) };
  return serviceEvent(key, "DeleteExpiredKeyMaterial", details, now, kms.ids.uuid());
}

/**
 * At its owner's word: the current material, or the one that is named. What is gone already stays gone, and that is
 * a success (kms I-16). Gives the id of the material, if the key ever had one.
 */
export async function deleteMaterial(
  kms: Kms,
  ref: KeyRef,
  asked: string | undefined,
  now: Date,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<MaterialId | undefined> {
  const { id, copies } = await commit(async (tx) => {
    const { key, materials } = await readImporting(tx, ref);
    refuseUnlessErasable(key);
    const material = chosen(key, materials, asked);
    const isHere = material?.imported?.isHere === true;
    return { id: material?.id, copies: isHere ? await takeAway(tx, key, material, now) : [ref] };
  });
  if (id === undefined) return undefined;
  for (const copy of copies) await destroy(kms, copy, id).catch(keyStoreRefusal);
  return id;
}

function chosen(key: Key, materials: readonly KeyMaterial[], asked: string | undefined): KeyMaterial | undefined {
  if (asked === undefined) return materials.find(({ id }) => id === key.material);
  if (key.spec !== "SYMMETRIC_DEFAULT") {
    throw new AwsError("UnsupportedOperationException", "KeyMaterialId is for symmetric encryption keys only.");
  }
  const found = materials.find(({ id }) => id === asked);
  if (found === undefined)
    throw new AwsError("NotFoundException", `Key material '${asked}' does not exist in ${keyArn(key)}`);
  return found;
}

/**
 * From the commit on nobody uses the material; a key that waits for its end or changes Region keeps its state (kms I-16).
 * Gives the keys whose copies are to be destroyed: this one, and the replicas of a primary that gives up what waited.
 */
async function takeAway(tx: WriteTx, key: Key, material: KeyMaterial, now: Date): Promise<readonly KeyRef[]> {
  await markErased(tx, key, material.id, now);
  if (!isPermanent(material)) {
    await settleWaiting(tx, key);
    return [key, ...(await dropFromReplicas(tx, key, material.id, now))];
  }
  const isUsable = key.state === "Enabled" || key.state === "Disabled";
  if (isUsable) await updateKey(tx, { ...key, state: "PendingImport" });
  return [key];
}

/** Safe to repeat, after a crash too: until the rows are settled no import puts anything where this destroys. */
async function destroy(kms: Kms, ref: KeyRef, id: MaterialId): Promise<void> {
  await kms.keyStore.destroy({ id, owner: ownerOf(ref) });
  await kms.database.write((tx) => settleErased(tx, ref, id));
}

/** What cannot be destroyed now is owed; the worker pays. */
async function destroyQuietly(kms: Kms, ref: KeyRef, id: MaterialId): Promise<void> {
  await destroy(kms, ref, id).catch((thrown: unknown) =>
    kms.log.error("kms material not destroyed", { key: keyArn(ref), ...describeThrown(thrown) }),
  );
}
