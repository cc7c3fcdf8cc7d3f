import { randomBytes } from "node:crypto";
import type { Clock, Entropy } from "../base/index.js";

/** The machine's clock. The only place that asks it. */
export const realClock: Clock = {
  nowMs: () => Date.now(),
  now: () => new Date(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The machine's clock, moved ahead by whole seconds: for study, so that waiting periods end. */
export function shiftedClock(seconds: number): Clock {
  if (seconds === 0) return realClock;
  return {
    nowMs: () => realClock.nowMs() + seconds * 1000,
    now: () => new Date(realClock.nowMs() + seconds * 1000),
    after: realClock.after,
  };
}

const POOL_BYTES = 4096;

/** The operating system's randomness, drawn in larger pieces: an id then costs nanoseconds, not a system call. */
export function realEntropy(): Entropy {
  // No Buffer: a slice of one would be the same memory.
  let pool = new Uint8Array(randomBytes(POOL_BYTES));
  let used = 0;
  return {
    bytes(count) {
      if (count > POOL_BYTES / 4) return randomBytes(count);
      if (used + count > POOL_BYTES) [pool, used] = [new Uint8Array(randomBytes(POOL_BYTES)), 0];
      const bytes = pool.slice(used, used + count);
      pool.fill(0, used, used + count);
      used += count;
      return bytes;
    },
  };
}
