import type { TrailRecord } from "../../audit/index.js";
import type { Region } from "../../base/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { getStoredKey } from "../change-key.js";
import { type Key, refuseUnless } from "../key.js";
import { findKey, updateKey } from "../store/index.js";
import { type InFamily, refuseUnlessPrimary, sibling, siblingsOf } from "./family.js";
import { findWork, insertWork } from "./work-rows.js";

type Swapping = InFamily & { readonly state: "Enabled" | "Updating" };

/** State first, then the kind of key (kms section 2, M-8). */
export function refuseNewPrimary(key: Key): asserts key is Swapping {
  refuseUnless(key, "Enabled", "Updating");
  refuseUnlessPrimary(key);
}

/**
 * Both keys are Updating from here on, still usable, until the work in the new primary's Region is done (kms M-7).
 * Throws NotFoundException when there is no replica. The same call while the keys are Updating changes nothing.
 */
export async function beginNewPrimary(tx: WriteTx, of: Key, region: Region, event: TrailRecord): Promise<void> {
  const { key: primary } = await getStoredKey(tx, of);
  refuseNewPrimary(primary);
  const { key: replica } = await getStoredKey(tx, sibling(of, region));
  refuseUnless(replica, "Enabled", "Updating");
  const underWay = await nextPrimary(tx, primary);
  if (underWay === region) return;
  if (underWay !== undefined) refuseUnless(primary, "Enabled"); // one at a time
  await updateKey(tx, { ...primary, state: "Updating" });
  await updateKey(tx, { ...replica, state: "Updating" });
  await insertWork(tx, replica, event);
}

/** Where an update that was begun and has not ended leads to. */
async function nextPrimary(tx: ReadTx, primary: Swapping): Promise<Region | undefined> {
  if (primary.state === "Enabled") return undefined;
  for (const ref of siblingsOf(primary)) {
    const stored = await findKey(tx, ref);
    if (stored?.key.state === "Updating" && (await findWork(tx, ref)) !== undefined) return ref.region;
  }
  return undefined;
}
