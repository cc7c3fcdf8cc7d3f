import { DAY_MS } from "../base/index.js";
import type { Database } from "../store/index.js";
import { deleteRun, oldRun } from "./runs/store.js";

/** Event history reaches so far back, as CloudTrail's does. */
export const HISTORY_MS = 90 * DAY_MS;

/**
 * Takes runs out of the index that hold nothing which look-ups would show, one at a time. The segments keep the records,
 * unless their owner lets them expire sooner than the history ends. Safe to be killed at any line, and to be run by two at
 * once. The newest run stays, whatever its age.
 */
export async function forgetOldEvents(database: Database, now: Date, keepMs = HISTORY_MS): Promise<void> {
  const cutoff = Math.floor((now.getTime() - Math.min(HISTORY_MS, keepMs)) / 1000);
  const forgetOne = () =>
    database.write(async (tx) => {
      const old = await oldRun(tx, cutoff);
      if (old !== undefined) await deleteRun(tx, old.run);
      return old !== undefined;
    });
  while (await forgetOne());
}
