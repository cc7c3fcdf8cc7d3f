import { DAY_MS } from "../../base/index.js";
import type { Key, Kms } from "../../kms/index.js";

/** `kms:TrailingDaysWithoutKeyUsage`: whole days since the key was last used, or since it was made (kms 5.7). */
export async function trailingDays(kms: Kms, key: Key, now: Date): Promise<[string, string]> {
  const sinceMs = (await kms.usage.lastUse(key))?.atMs ?? key.createdAt.getTime();
  const days = Math.max(0, Math.floor((now.getTime() - sinceMs) / DAY_MS));
  return ["kms:trailingdayswithoutkeyusage", String(days)];
}
