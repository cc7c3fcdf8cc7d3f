import { MINUTE_MS } from "../base/index.js";
import { destroyInStore } from "./custom-stores/store-key.js";
import { type KeyRef, keyArn } from "./key.js";
import { eachKey, type Kms, type KmsWorker } from "./kms.js";
import { keysToDestroy, markDeleting, materialsOf, removeKey } from "./store.js";
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
  const materials = await kms.database.read((tx) => materialsOf(tx, ref));
  for (const { id } of materials) await kms.keyStore.destroy({ id, owner });
  await destroyInStore(kms, ref);
  const arn = keyArn(ref);
  const event = serviceEvent({ ...ref, arn }, "DeleteKey", { keyId: arn }, now, kms.ids.uuid());
  await kms.audit.commit(kms.database, event, (tx) => removeKey(tx, ref));
  await kms.audit.record(event);
}
