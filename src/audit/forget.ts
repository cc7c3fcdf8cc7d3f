import { DAY_MS } from "../base/index.js";
import type { Database } from "../store/index.js";
import { forgetEra, forgetPostings } from "./store.js";

/** Event history reaches so far back, as CloudTrail's does. */
export const HISTORY_MS = 90 * DAY_MS;

/**
 * Takes out of the index what look-ups would not show any more, a little at a time. The segments keep the records, unless
 * their owner lets them expire sooner than the history ends. Safe to be killed at any line, and to be run by two at once.
 */
export async function forgetOldEvents(database: Database, now: Date, keepMs = HISTORY_MS): Promise<void> {
  const cutoff = Math.floor((now.getTime() - Math.min(HISTORY_MS, keepMs)) / 1000);
  for (let term: number | undefined = -1; term !== undefined; ) {
    const after: number = term;
    term = await database.write((tx) => forgetPostings(tx, after, cutoff));
  }
  while (await database.write((tx) => forgetEra(tx, cutoff)));
}
