import { AwsError, addDays } from "../base/index.js";
import type { MaterialId } from "../keystore/index.js";
import { type Key, type KeyFacts, notPendingDeletion, refuseIf, refuseUnless } from "./key.js";
import { familyRole, siblingsOf } from "./multi-region/family.js";
import { QUOTAS } from "./quotas.js";

/** The model permits 1 to 365 days; the service 7 to 30 (kms 15-4). */
export function checkWindow(days: number): void {
  if (days >= QUOTAS.minWindowDays && days <= QUOTAS.maxWindowDays) return;
  const range = `${QUOTAS.minWindowDays} and ${QUOTAS.maxWindowDays}`;
  throw new AwsError("ValidationException", `PendingWindowInDays must be between ${range}`);
}

/** A primary waits for its replicas first: its own window begins when the last of them is gone (kms X-7). */
export function scheduleDeletion(key: Key, days: number, now: Date): Key {
  refuseIf(key, "PendingDeletion", "PendingReplicaDeletion", "Updating");
  if (familyRole(key) === "PRIMARY" && siblingsOf(key).length > 0) {
    return { ...key, state: "PendingReplicaDeletion", material: key.material, windowDays: days };
  }
  return { ...key, state: "PendingDeletion", material: key.material, deletionAt: addDays(now, days), windowDays: days };
}

/** The key comes back disabled, whatever it was before; one whose imported material is not all here waits for it. */
export function cancelDeletion(key: Key): Key {
  if (key.state === "PendingReplicaDeletion") {
    const { windowDays: _over, ...rest } = key;
    return calledBack(rest);
  }
  if (key.state !== "PendingDeletion") throw notPendingDeletion(key);
  const { deletionAt: _over, windowDays: _days, ...rest } = key;
  return calledBack(rest);
}

function calledBack({ material, ...facts }: KeyFacts & { readonly material: MaterialId | undefined }): Key {
  const isWaiting = material === undefined || facts.imported?.isComplete === false;
  return isWaiting ? { ...facts, state: "PendingImport", material } : { ...facts, state: "Disabled", material };
}

/** The last replica of a primary that waited for it is gone. */
export function beginOwnWindow(key: Key & { readonly state: "PendingReplicaDeletion" }, now: Date): Key {
  const { windowDays, ...rest } = key;
  return { ...rest, state: "PendingDeletion", deletionAt: addDays(now, windowDays), windowDays };
}

export const enable = (key: Key): Key => switched(key, "Enabled");

export const disable = (key: Key): Key => switched(key, "Disabled");

/** A key whose store is not connected shows it once the store is connected again. */
function switched(key: Key, to: "Enabled" | "Disabled"): Key {
  refuseUnless(key, "Enabled", "Disabled", "Unavailable");
  return key.state === "Unavailable" ? { ...key, remembered: to } : { ...key, state: to };
}

/** The window is over: the material goes, and nobody can call it back any more. */
export function isDeletionDue(key: Key, now: Date): boolean {
  return key.state === "PendingDeletion" && key.deletionAt <= now;
}
