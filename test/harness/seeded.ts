import { randomInt } from "node:crypto";

/** Chance that can be had again: tests print the seed and take it back from the environment. */
export interface Seeded {
  readonly seed: number;
  /** From 0 to below `count`. */
  below(count: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Buffer;
}

/** A seed of its own for each run, unless `STRONGROOM_SEED` names one. */
export const freshSeed = (): number => Number(process.env["STRONGROOM_SEED"] ?? randomInt(2 ** 31));

/** Mulberry32: small, fast and good enough to choose where to strike. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (count: number) => next() % count;
  return {
    seed,
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}
