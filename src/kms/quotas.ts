import { table } from "../base/index.js";

/** AWS KMS's fixed bounds (kms 12.1 and the notes of section 1.7). */
export const QUOTAS = table({
  tagsPerKey: 50,
  onDemandRotations: 25,
  contextPairsPerConstraint: 8,
  contextValueInConstraint: 384,
  minWindowDays: 7,
  maxWindowDays: 30,
  defaultWindowDays: 30,
  defaultRotationDays: 365,
});

/** The bounds that AWS raises on request (kms 12.1). Here whoever runs the server sets them. */
export interface ResourceQuotas {
  /** Customer managed keys of an account in a Region, in any state. */
  readonly keysPerRegion: number;
  readonly aliasesPerKey: number;
  readonly grantsPerKey: number;
}

export const RESOURCE_QUOTAS: ResourceQuotas = table({
  keysPerRegion: 100_000,
  aliasesPerKey: 50,
  grantsPerKey: 50_000,
});
