import { AwsError, addDays } from "../base/index.js";
import { type Key, notPendingDeletion, refuseIf, refuseUnless } from "./key.js";
import { QUOTAS } from "./quotas.js";

/** The model permits 1 to 365 days; the service 7 to 30 (kms 15-4). */
export function checkWindow(days: number): void {
  if (days >= QUOTAS.minWindowDays && days <= QUOTAS.maxWindowDays) return;
  const range = `${QUOTAS.minWindowDays} and ${QUOTAS.maxWindowDays}`;
  throw new AwsError("ValidationException", `PendingWindowInDays must be between ${range}`);
}

export function scheduleDeletion(key: Key, days: number, now: Date): Key {
  refuseIf(key, "PendingDeletion", "PendingReplicaDeletion", "Updating");
  return { ...key, state: "PendingDeletion", material: key.material, deletionAt: addDays(now, days) };
}

/** The key comes back disabled, whatever it was before; one that never had material waits for it again. */
export function cancelDeletion(key: Key): Key {
  if (key.state === "PendingReplicaDeletion") return { ...key, state: "Disabled" };
  if (key.state !== "PendingDeletion") throw notPendingDeletion(key);
  const { deletionAt: _over, material, ...facts } = key;
  return material === undefined ? { ...facts, state: "PendingImport" } : { ...facts, state: "Disabled", material };
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
