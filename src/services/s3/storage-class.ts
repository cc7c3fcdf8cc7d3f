import { DAY_MS, HOUR_MS, MINUTE_MS, rowOf, table } from "../../base/index.js";
import { errors } from "./errors.js";
import type { Restore, StoredObject } from "./store/index.js";

/** The classes that an object may be put into. */
const READABLE = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
]);

/** The classes whose objects are restored before they are read, and how long that takes in AWS by tier. */
const ARCHIVES = table({
  GLACIER: { Expedited: 5 * MINUTE_MS, Standard: 5 * HOUR_MS, Bulk: 12 * HOUR_MS },
  DEEP_ARCHIVE: { Expedited: undefined, Standard: 12 * HOUR_MS, Bulk: 48 * HOUR_MS },
});

export type Tier = "Expedited" | "Standard" | "Bulk";

/** From the slowest. */
const TIERS: readonly Tier[] = ["Bulk", "Standard", "Expedited"];

export function parseStorageClass(name: string | undefined): string {
  if (name === undefined || READABLE.has(name) || isArchived(name)) return name ?? "STANDARD";
  throw errors.invalidStorageClass(name);
}

export const isArchived = (storageClass: string): boolean => rowOf(ARCHIVES, storageClass) !== undefined;

export const restoreMs = (storageClass: string, tier: Tier): number | undefined =>
  rowOf(ARCHIVES, storageClass)?.[tier];

export const isFaster = (tier: Tier, than: Tier): boolean => TIERS.indexOf(tier) > TIERS.indexOf(than);

/** A restore that counts: it ends by itself at its expiry. */
export const restoreNow = (restore: Restore | undefined, nowMs: number): Restore | undefined =>
  restore && nowMs < restore.expiryMs ? restore : undefined;

export const isReadable = ({ headers, restore }: Pick<StoredObject, "headers" | "restore">, nowMs: number): boolean => {
  const running = restoreNow(restore, nowMs);
  return !isArchived(headers.storageClass) || (running !== undefined && running.readyMs <= nowMs);
};

/** Refuses to read what lies in an archive and is not restored. */
export function needsReadable(object: StoredObject, nowMs: number, of: "object" | "source" = "object"): void {
  if (isReadable(object, nowMs)) return;
  const message =
    of === "source"
      ? "Operation is not valid for the source object's storage class"
      : "The operation is not valid for the object's storage class";
  throw errors.invalidObjectState(message, object.headers.storageClass);
}

/** The first midnight UTC at or after that time: there copies expire. */
export const midnightAfter = (timeMs: number): number => Math.ceil(timeMs / DAY_MS) * DAY_MS;

/** The header `x-amz-restore`. */
export function restoreMember(object: StoredObject, nowMs: number): { Restore?: string } {
  const running = restoreNow(object.restore, nowMs);
  if (!running || !isArchived(object.headers.storageClass)) return {};
  if (running.readyMs > nowMs) return { Restore: 'ongoing-request="true"' };
  return { Restore: `ongoing-request="false", expiry-date="${new Date(running.expiryMs).toUTCString()}"` };
}

/** What a list tells of a restore, where it was asked for. */
export function restoreStatus(restore: Restore | undefined, nowMs: number) {
  const running = restoreNow(restore, nowMs);
  if (!running) return undefined;
  const IsRestoreInProgress = running.readyMs > nowMs;
  return IsRestoreInProgress
    ? { IsRestoreInProgress }
    : { IsRestoreInProgress, RestoreExpiryDate: new Date(running.expiryMs) };
}
