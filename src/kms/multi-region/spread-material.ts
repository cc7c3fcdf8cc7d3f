import type { Region } from "../../base/index.js";
import type { Material } from "../../keystore/index.js";
import type { KeyRef } from "../key.js";
import type { Kms } from "../kms.js";
import { findKey, materialsOf } from "../store/index.js";
import { siblingsOf } from "./family.js";
import { WithoutCopy } from "./share.js";

/** Material that no key names yet, and the other Regions of its key that hold a copy. */
export interface SpreadMaterial {
  readonly material: Material;
  readonly copied: ReadonlySet<Region>;
}

/**
 * New material for a key, in all of its Regions before any of them uses it (kms R-10). `use` makes it the key's own
 * in one unit of work and is run again, with more copies, when a replica came into being meanwhile. Material that came
 * to nothing is destroyed everywhere.
 */
export async function withNewMaterial<T>(kms: Kms, ref: KeyRef, use: (made: SpreadMaterial) => Promise<T>): Promise<T> {
  const owner = { account: ref.account, region: ref.region, keyId: ref.id };
  const material = await kms.keyStore.createMaterial(owner);
  const copied = new Set<Region>();
  try {
    return await useSpread(kms, ref, { material, copied }, use);
  } catch (thrown) {
    // A unit that failed to answer may have been kept all the same: material that a key names stays.
    const kept = await kms.database.read((tx) => materialsOf(tx, ref));
    if (!kept.some(({ id }) => id === material.id)) await destroyEverywhere(kms, material, copied);
    throw thrown;
  }
}

/** Replicas come into being slowly; one that does so in each of these turns is a fault of the house. */
const MOST_TURNS = 5;

async function useSpread<T>(
  kms: Kms,
  ref: KeyRef,
  made: { readonly material: Material; readonly copied: Set<Region> },
  use: (made: SpreadMaterial) => Promise<T>,
): Promise<T> {
  for (let turn = 1; ; turn++) {
    await copyToSiblings(kms, ref, made);
    try {
      return await use(made);
    } catch (thrown) {
      if (!(thrown instanceof WithoutCopy) || turn === MOST_TURNS) throw thrown;
    }
  }
}

async function copyToSiblings(
  kms: Kms,
  ref: KeyRef,
  { material, copied }: { readonly material: Material; readonly copied: Set<Region> },
): Promise<void> {
  const stored = await kms.database.read((tx) => findKey(tx, ref));
  if (stored === undefined) return;
  for (const { region } of siblingsOf(stored.key)) {
    if (copied.has(region)) continue;
    await kms.keyStore.copyMaterial(material, region);
    copied.add(region);
  }
}

async function destroyEverywhere(kms: Kms, material: Material, copied: ReadonlySet<Region>): Promise<void> {
  for (const region of copied) await kms.keyStore.destroy({ ...material, owner: { ...material.owner, region } });
  await kms.keyStore.destroy(material);
}
