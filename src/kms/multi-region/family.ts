import { AwsError, type Region } from "../../base/index.js";
import type { Key, KeyFamily, KeyRef } from "../key.js";

export type FamilyRole = "PRIMARY" | "REPLICA";

/** What a multi-Region key is among its related keys; undefined for single-Region keys. */
export function familyRole({ family, region }: Pick<Key, "family" | "region">): FamilyRole | undefined {
  if (family === undefined) return undefined;
  return family.primary === region ? "PRIMARY" : "REPLICA";
}

/** What all related keys share is changed at the primary alone (kms R-10). */
export function refuseReplica(key: Key): void {
  if (familyRole(key) === "REPLICA") throw notPrimary(key);
}

export type InFamily = Key & { readonly family: KeyFamily };

/** Replicas are refused, and so are single-Region keys. */
export function refuseUnlessPrimary(key: Key): asserts key is InFamily {
  if (familyRole(key) !== "PRIMARY") throw notPrimary(key);
}

const notPrimary = (key: Key): AwsError =>
  new AwsError("UnsupportedOperationException", `${key.arn} is not a multi-region primary key.`);

/** The related key in another Region. */
export const sibling = ({ account, id }: KeyRef, region: Region): KeyRef => ({ account, region, id });

/** All related keys in other Regions, the primary and replicas alike. */
export function siblingsOf(key: Key): KeyRef[] {
  const { family } = key;
  if (family === undefined) return [];
  const regions = [family.primary, ...family.replicas].filter((region) => region !== key.region);
  return regions.map((region) => sibling(key, region));
}
