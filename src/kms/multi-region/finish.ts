import type { TrailRecord } from "../../audit/index.js";
import { describeThrown, needs, type Region } from "../../base/index.js";
import type { MaterialId } from "../../keystore/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { type Key, type KeyRef, refText } from "../key.js";
import { eachKey, type Kms, type KmsWorker } from "../kms.js";
import { copyMaterials, findKey, materialsOf, updateKey } from "../store/index.js";
import { sibling } from "./family.js";
import { updatePrimary } from "./family-rows.js";
import { expectMaterials } from "./pending-material.js";
import { withShared } from "./share.js";
import { findWork, openWork, removeWork } from "./work-rows.js";

const BATCH = 500;
const EVERY_MS = 5_000;

/** Finishes what a call began and a crash, or a key store that was away, kept from its end. */
export const regionWorker = (kms: () => Kms): KmsWorker => ({
  name: "kms-regions",
  everyMs: EVERY_MS,
  run: async () => {
    const open = await kms().database.read((tx) => openWork(tx, BATCH));
    await eachKey(kms(), open, "kms key not finished in its Region", (ref) => finishInRegion(kms(), ref));
  },
});

/** For the call that began it, which has its answer already: what fails now is done by the worker a little later. */
export async function finishNow(kms: Kms, ref: KeyRef): Promise<void> {
  await finishInRegion(kms, ref).catch((thrown: unknown) =>
    kms.log.warn("kms key not finished in its Region", { key: refText(ref), ...describeThrown(thrown) }),
  );
}

/** Thrown inside the unit of work when somebody else finished first: nothing is kept. */
class AlreadyFinished extends Error {}

/** What a key in this Region was left to do. Safe to repeat, to do twice at once, and to kill at any line. */
export async function finishInRegion(kms: Kms, ref: KeyRef): Promise<void> {
  const { event, stored } = await kms.database.read(async (tx) => ({
    event: await findWork(tx, ref),
    stored: await findKey(tx, ref),
  }));
  if (event === undefined || stored === undefined) return;
  const finish = stored.key.state === "Updating" ? swapParts(kms, ref, event) : giveMaterial(kms, ref, event);
  await finish.catch((thrown: unknown) => {
    if (!(thrown instanceof AlreadyFinished)) throw thrown;
  });
}

/** The primary becomes a replica, the replica the primary, and both are Enabled. */
async function swapParts(kms: Kms, ref: KeyRef, event: TrailRecord): Promise<void> {
  await kms.audit.commit(kms.database, event, async (tx) => {
    if (!(await removeWork(tx, ref))) throw new AlreadyFinished();
    const { next, primary } = await withPrimary(tx, ref);
    for (const key of [next, primary]) {
      needs(key.state === "Updating", "nothing but the end of the update changes a key that is Updating");
      // Imported material may have come to its end meanwhile.
      const isWaiting = key.imported?.isComplete === false;
      await updateKey(tx, isWaiting ? { ...key, state: "PendingImport" } : { ...key, state: "Enabled" });
    }
    await updatePrimary(tx, ref, ref.region);
  });
  await kms.audit.record(event);
}

/** A key and the primary of its family, both of which are there: a primary stays until its last replica is gone. */
async function withPrimary(tx: ReadTx, ref: KeyRef): Promise<{ next: Key; primary: Key }> {
  const next = (await findKey(tx, ref))?.key;
  if (next === undefined) throw new AlreadyFinished();
  needs(next.family !== undefined, "work in another Region is work on a multi-Region key");
  const primary = (await findKey(tx, sibling(ref, next.family.primary)))?.key;
  needs(primary !== undefined, "a replica has a primary");
  return { next, primary };
}

/** More rotations than this between two looks are none of an owner's doing. */
const MOST_TURNS = 5;

/** A copy of all the primary's material first, and then the rows that make the replica usable. */
async function giveMaterial(kms: Kms, ref: KeyRef, event: TrailRecord): Promise<void> {
  for (let turn = 1; ; turn++) {
    const { region, ids } = await kms.database.read((tx) => sourceOf(tx, ref));
    const owner = { account: ref.account, region, keyId: ref.id };
    for (const id of ids) await kms.keyStore.copyMaterial({ id, owner }, ref.region);
    try {
      await kms.audit.commit(kms.database, event, (tx) => putMaterials(tx, ref, ids));
      break;
    } catch (thrown) {
      if (!(thrown instanceof RotatedMeanwhile) || turn === MOST_TURNS) throw thrown;
    }
  }
  await kms.audit.record(event);
}

/** Thrown inside the unit of work when the primary has material that was not copied. */
class RotatedMeanwhile extends Error {}

/** What is copied, and from where. Imported material is not: each Region's owner brings it (kms I-18). */
async function sourceOf(tx: ReadTx, ref: KeyRef): Promise<{ region: Region; ids: readonly MaterialId[] }> {
  const { primary } = await withPrimary(tx, ref);
  const materials = primary.origin === "EXTERNAL" ? [] : await materialsOf(tx, primary);
  return { region: primary.region, ids: materials.map(({ id }) => id) };
}

async function putMaterials(tx: WriteTx, ref: KeyRef, copied: readonly MaterialId[]): Promise<void> {
  if (!(await removeWork(tx, ref))) throw new AlreadyFinished();
  const { next, primary } = await withPrimary(tx, ref);
  const { ids } = await sourceOf(tx, ref);
  if (ids.join() !== copied.join()) throw new RotatedMeanwhile();
  if (primary.origin === "EXTERNAL") await expectMaterials(tx, primary, ref);
  else await copyMaterials(tx, primary, ref);
  await updateKey(tx, finished(withShared(next, primary), primary));
}

/** A replica that was scheduled for deletion while it was made waits on, with material for the case that it is called back. */
function finished(replica: Key, { material }: Key): Key {
  if (replica.state === "PendingDeletion") return { ...replica, material };
  needs(replica.state === "Creating", "a replica without material is being created or deleted");
  return material === undefined || replica.origin === "EXTERNAL"
    ? { ...replica, state: "PendingImport", material }
    : { ...replica, state: "Enabled", material };
}
