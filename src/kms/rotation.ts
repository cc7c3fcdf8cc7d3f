import { AwsError, addDays, MINUTE_MS } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import type { Imported } from "./imported/summary.js";
import { type Key, type RotationSchedule, refuseUnless } from "./key.js";
import { familyRole, refuseReplica } from "./multi-region/family.js";
import { QUOTAS } from "./quotas.js";

/** One material of a key: the newest encrypts, all of them decrypt until the key is deleted (kms ). */
export interface KeyMaterial {
  readonly id: MaterialId;
  readonly state: "CURRENT" | "NON_CURRENT" | "PENDING_ROTATION" | "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
  /** Absent for the first material of a key. */
  readonly rotated?: { readonly at: Date; readonly type: RotationType };
  /** SPKI DER, of key pairs alone. */
  readonly publicKey?: Uint8Array;
  /** Of material that came from outside, and only of that. */
  readonly imported?: Imported;
}

export type RotationType = "AUTOMATIC" | "ON_DEMAND";

/** Sets or restarts the schedule; 365 days when nothing is said, also on a key that has another period (kms R-2). */
export function withRotation(key: Key, periodDays: number = QUOTAS.defaultRotationDays, now: Date): Key {
  refuseUnlessSchedulable(key);
  return { ...key, rotation: schedule(periodDays, now) };
}

export function withoutRotation(key: Key): Key {
  refuseUnlessSchedulable(key);
  const { rotation: _gone, ...rest } = key;
  return rest;
}

/** State first, but for states that only keys without automatic rotation can be in (kms section 2). */
function refuseUnlessSchedulable(key: Key): void {
  if (key.state === "PendingImport" || key.state === "Unavailable") refuseUnlessRotatable(key);
  refuseUnless(key, "Enabled", "Updating");
  refuseUnlessRotatable(key);
  refuseReplica(key);
}

export const schedule = (periodDays: number, now: Date): RotationSchedule => ({
  periodDays,
  nextAt: addDays(now, periodDays),
});

/** Asymmetric keys, HMAC keys and keys of custom stores have no rotation to speak of (kms O-26). */
export function refuseUnlessRotationKnown(key: Key): void {
  if (key.spec !== "SYMMETRIC_DEFAULT") throw new AwsError("UnsupportedOperationException");
  if (key.origin === "AWS_KMS" || key.origin === "EXTERNAL") return;
  throw wrongOrigin(key);
}

/** Automatic rotation is for symmetric encryption keys whose material was made here (kms R-1). */
export function refuseUnlessRotatable(key: Key): void {
  if (key.spec !== "SYMMETRIC_DEFAULT") throw new AwsError("UnsupportedOperationException");
  if (key.origin !== "AWS_KMS") throw wrongOrigin(key);
}

export const wrongOrigin = (key: Key): AwsError =>
  new AwsError(
    "UnsupportedOperationException",
    `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
  );

/** The schedule as its owner sees it: none while the key waits for its end (kms R-5). */
export function visibleRotation(key: Key): RotationSchedule | undefined {
  return key.state === "PendingDeletion" || key.state === "PendingReplicaDeletion" ? undefined : key.rotation;
}

/** Replicas rotate with their primary. */
export function isRotationDue(key: Key, now: Date): boolean {
  if (familyRole(key) === "REPLICA") return false;
  return key.state === "Enabled" && key.rotation !== undefined && key.rotation.nextAt <= now;
}

/** On demand, imported keys too: any time, 25 times in the key's life, but not in the last minutes before an automatic one (kms ). */
export function refuseRotationOnDemand(key: Key, now: Date): void {
  if (key.state === "Unavailable") refuseUnlessRotatable(key);
  refuseUnless(key, "Enabled", "Updating");
  refuseUnlessRotationKnown(key);
  refuseReplica(key);
  if (key.onDemandRotations >= QUOTAS.onDemandRotations) throw limitReached(key);
  if (key.rotation !== undefined && key.rotation.nextAt.getTime() - now.getTime() <= 20 * MINUTE_MS) {
    throw new AwsError(
      "ConflictException",
      `An automatic rotation of ${key.arn} is in progress or due within 20 minutes.`,
    );
  }
}

/**
 * The key with its new material. The next automatic rotation counts from the day that this one was due, not from
 * the day it ran; a key that slept through several periods rotates once.
 */
export function rotated(key: Key, material: MaterialId, type: RotationType, now: Date): Key {
  refuseUnless(key, "Enabled", "Updating");
  if (type === "ON_DEMAND") return { ...key, material, onDemandRotations: key.onDemandRotations + 1 };
  return { ...key, material, ...(key.rotation === undefined ? {} : { rotation: following(key.rotation, now) }) };
}

function following(rotation: RotationSchedule, now: Date): RotationSchedule {
  const next = addDays(rotation.nextAt, rotation.periodDays);
  return next > now ? { ...rotation, nextAt: next } : schedule(rotation.periodDays, now);
}

/** A key with imported material rotates to what its owner brought for it (kms R-8). */
export const nothingToRotateTo = (key: Key) =>
  new AwsError("KMSInvalidStateException", `No available key material pending rotation for the key: ${key.arn}.`);

const limitReached = (key: Key) =>
  new AwsError(
    "LimitExceededException",
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
  );
