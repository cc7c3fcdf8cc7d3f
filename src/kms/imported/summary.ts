import type { KeyMaterial } from "../rotation.js";

/** Of one material of a key whose material comes from outside. */
export interface Imported {
  /** False: it was deleted or has expired, and the owner may bring it again. */
  readonly isHere: boolean;
  readonly description?: string;
  /** When it goes by itself; absent for material that stays. */
  readonly validTo?: Date;
}

/** Of the key: what its pieces of imported material say together. */
export interface ImportSummary {
  /** Everything that belongs to the key for ever is here. Without one old piece nothing works (kms I-12). */
  readonly isComplete: boolean;
  /** Absent while nothing is here (kms 1.9). */
  readonly expiration?: "KEY_MATERIAL_EXPIRES" | "KEY_MATERIAL_DOES_NOT_EXPIRE";
  /** The earliest end of any of them. */
  readonly validTo?: Date;
}

export const NOTHING_IMPORTED: ImportSummary = { isComplete: false };

/** Current and earlier material belongs to the key for ever; what waits for its rotation may still be dropped. */
export const isPermanent = ({ state }: KeyMaterial): boolean => state === "CURRENT" || state === "NON_CURRENT";

/** What can decrypt: not what waits, and not what was taken away. */
export const isUsable = (material: KeyMaterial): boolean =>
  isPermanent(material) && material.imported?.isHere !== false;

export function summaryOf(materials: readonly KeyMaterial[]): ImportSummary {
  const permanent = materials.filter(isPermanent);
  const here = permanent.filter(isUsable);
  const isComplete = permanent.length > 0 && here.length === permanent.length;
  if (here.length === 0) return { isComplete };
  const validTo = earliestEnd(here);
  if (validTo === undefined) return { isComplete, expiration: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
  return { isComplete, expiration: "KEY_MATERIAL_EXPIRES", validTo };
}

/** When the first of these goes by itself. */
export function earliestEnd(materials: readonly KeyMaterial[]): Date | undefined {
  const ends = materials.flatMap(({ imported }) => (imported?.isHere ? (imported.validTo ?? []) : []));
  return ends.sort((a, b) => a.getTime() - b.getTime())[0];
}
