import { randomFillSync } from "node:crypto";
import { needs } from "../base/index.js";

const POOL_BYTES = 8192;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Random bytes that will be seen anyway: nonces, salts, identifiers. They are drawn from a pool, because asking the
 * generator costs as much for 8 KiB as for 16 bytes. Key bytes are never drawn here: a pool would hold tomorrow's keys.
 */
export function publicRandom(count: number): Buffer {
  const drawn = Buffer.allocUnsafe(count);
  publicRandomInto(drawn, 0, count);
  return drawn;
}

/** The same, written where it is wanted. */
export function publicRandomInto(target: Buffer, at: number, count: number): void {
  needs(count > 0 && count <= POOL_BYTES, "a draw fits the pool");
  if (used + count > POOL_BYTES) refill();
  pool.copy(target, at, used, used + count);
  used += count;
}

function refill(): void {
  randomFillSync(pool);
  used = 0;
}
