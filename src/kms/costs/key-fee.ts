import { HOUR_MS } from "../../base/index.js";
import type { Prices } from "./prices.js";
import type { FeeFacts } from "./store.js";

/** From the first moment of a month to the first of the next. */
export interface Month {
  readonly startMs: number;
  readonly endMs: number;
}

/** `2026-11`, in UTC. */
export function parseMonth(text: string): Month | undefined {
  const [, year, month] = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const [y, m] = [Number(year), Number(month)];
  return { startMs: Date.UTC(y, m - 1, 1), endMs: Date.UTC(y, m, 1) };
}

/** The key's fee, and what its first two rotations add, by each hour begun until now (kms 12.3). */
export function keyFee(facts: FeeFacts, prices: Prices, month: Month, nowMs: number): number {
  const endMs = Math.min(month.endMs, nowMs, facts.freeMs ?? Number.POSITIVE_INFINITY);
  const share = (sinceMs: number | null) => {
    if (sinceMs === null) return 0;
    const hours = Math.ceil((endMs - Math.max(month.startMs, sinceMs)) / HOUR_MS);
    return Math.max(0, hours) / ((month.endMs - month.startMs) / HOUR_MS);
  };
  const rotations = share(facts.rotatedMs) + share(facts.rotatedAgainMs);
  return prices.keyMonth * share(facts.createdMs) + prices.rotationMonth * rotations;
}
