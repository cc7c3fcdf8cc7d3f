import { Lru } from "./lru.js";

/** One process asks for tokens out of a bucket that all processes share. */
export interface LeaseRequest {
  readonly bucket: string;
  /** Tokens a second; also what the bucket holds at most. */
  readonly rate: number;
  /** As many as there are, up to so many. */
  readonly count: number;
}

export interface Lease {
  readonly tokens: number;
  /** With no token: when there will be one. */
  readonly waitMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MOST_BUCKETS = 20_000;

/**
 * The token buckets of the whole machine, kept by one process. A bucket is full at first and fills within a second
 * (kms 12.2); one that nobody asked for in a long while may be forgotten and is full again.
 */
export class TokenBuckets {
  readonly #buckets = new Lru<string, Bucket>(MOST_BUCKETS);
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  lease({ bucket: name, rate, count }: LeaseRequest): Lease {
    const nowMs = this.#nowMs();
    const most = Math.max(1, rate); // less than one token would never be enough
    const bucket = this.#buckets.get(name) ?? { tokens: most, atMs: nowMs };
    const filledMs = Math.max(0, nowMs - bucket.atMs); // a clock that was set back fills nothing
    bucket.tokens = Math.min(most, bucket.tokens + (filledMs * rate) / 1000);
    bucket.atMs = nowMs;
    const tokens = Math.min(count, Math.floor(bucket.tokens));
    bucket.tokens -= tokens;
    this.#buckets.set(name, bucket);
    return { tokens, waitMs: tokens > 0 ? 0 : Math.ceil(((1 - bucket.tokens) * 1000) / rate) };
  }
}
