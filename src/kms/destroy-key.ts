import { MINUTE_MS } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import type { ReadTx, WriteTx } from "../store/index.js";
import { destroyInStore } from "./custom-stores/store-key.js";
import { beginOwnWindow } from "./deletion.js";
import { allMaterialIds } from "./imported/store.js";
import { type KeyRef, keyArn } from "./key.js";
import { eachKey, type Kms, type KmsWorker } from "./kms.js";
import { sibling } from "./multi-region/family.js";
import { bumpFamily, familyRows } from "./multi-region/family-rows.js";
import { settleWaiting } from "./multi-region/pending-material.js";
import { findKey, keysToDestroy, markDeleting, removeKey, updateKey } from "./store/index.js";
import { serviceEvent } from "./trail.js";

const BATCH = 500;

/** Ends the keys whose window is over. */
export const deletionWorker = (kms: () => Kms): KmsWorker => ({
  name: "kms-deletion",
  everyMs: MINUTE_MS,
  run: async (now) => {
    const due = await kms().database.read((tx) => keysToDestroy(tx, now, BATCH));
    await eachKey(kms(), due, "kms key not destroyed", (ref) => destroyKey(kms(), ref, now));
  },
});

/**
 * In three steps, each safe to repeat: from the mark on nobody finds the key or calls it back, then its material
 * goes, then its rows. Killed between two steps, the next run goes on where this one stopped.
 */
async function destroyKey(kms: Kms, ref: KeyRef, now: Date): Promise<void> {
  const isMarked = await kms.database.write((tx) => markDeleting(tx, ref, now));
  if (!isMarked) return;
  const owner = { account: ref.account, region: ref.region, keyId: ref.id };
  const materials = await kms.database.read((tx) => materialsOfAll(tx, ref));
  for (const id of materials) await kms.keyStore.destroy({ id, owner });
  await destroyInStore(kms, ref);
  const arn = keyArn(ref);
  const event = serviceEvent({ ...ref, arn }, "DeleteKey", { keyId: arn }, now, kms.ids.uuid());
  await kms.audit.commit(kms.database, event, async (tx) => {
    await removeKey(tx, ref);
    await leaveFamily(tx, ref, now);
  });
  await kms.audit.record(event);
}

/** Of its related keys too: a copy may have been made that none of the key's own rows came to name. */
async function materialsOfAll(tx: ReadTx, ref: KeyRef): Promise<Set<MaterialId>> {
  const regions = new Set([ref.region, ...(await familyRows(tx, ref))]);
  const ids = new Set<MaterialId>();
  for (const region of regions) for (const id of await allMaterialIds(tx, { ...ref, region })) ids.add(id);
  return ids;
}

/** The related keys show one replica less; a primary that waited for the last one begins its own window (kms X-7). */
async function leaveFamily(tx: WriteTx, gone: KeyRef, now: Date): Promise<void> {
  await bumpFamily(tx, gone);
  const [region, ...others] = await familyRows(tx, gone);
  if (region === undefined) return;
  await settleWaiting(tx, sibling(gone, region));
  if (others.length > 0) return;
  const last = await findKey(tx, sibling(gone, region));
  if (last?.key.state === "PendingReplicaDeletion") await updateKey(tx, beginOwnWindow(last.key, now));
}
