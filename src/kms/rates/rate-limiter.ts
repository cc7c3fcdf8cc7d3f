import { AwsError, type Clock, type Lease, type LeaseRequest, Lru } from "../../base/index.js";
import { type Charged, type RateSettings, rateOf } from "./rate-groups.js";

/** Asks whoever keeps the machine's buckets. */
export type AskLease = (request: LeaseRequest) => Promise<Lease>;

interface Held {
  tokens: number;
  untilMs: number;
  /** The bucket was empty; until then nobody need ask. */
  emptyUntilMs: number;
  waiting: number;
  asking: Promise<void> | undefined;
}

const MOST_HELD = 20_000;
const LEASE_MS = 1000;
/** A batch is so small a part of a second's tokens that another process's unused ones are hardly missed. */
const BATCHES_A_SECOND = 50;

/**
 * Request rates (kms 1.3 step 4). Tokens come in batches from the bucket that all processes of the machine share, so
 * most requests take one from memory. What is admitted never exceeds the rate by more than the batches that
 * processes hold; see docs/decisions/request-rates.md.
 */
export class RateLimiter {
  readonly #settings: RateSettings;
  readonly #ask: AskLease;
  readonly #clock: Clock;
  readonly #held = new Lru<string, Held>(MOST_HELD);

  constructor(settings: RateSettings, ask: AskLease, clock: Clock) {
    this.#settings = settings;
    this.#ask = ask;
    this.#clock = clock;
  }

  /** One request in each of the groups. Throws ThrottlingException; a promise only where tokens must be asked for. */
  take(charged: Charged, groups: readonly string[]): undefined | Promise<void> {
    let waiting: Promise<void> | undefined;
    for (const group of groups) {
      const rate = rateOf(this.#settings, group, charged.region);
      if (rate === undefined) continue;
      const bucket = `${charged.account} ${charged.region} ${group}`;
      waiting = waiting ? waiting.then(() => this.#takeOne(bucket, rate)) : this.#takeOne(bucket, rate);
    }
    return waiting;
  }

  /** Of one custom key store, whoever calls (kms 12.2). */
  takeOfStore(charged: Charged, storeId: string): undefined | Promise<void> {
    const rate = rateOf(this.#settings, "customStore", charged.region);
    return rate === undefined ? undefined : this.#takeOne(`customStore ${storeId}`, rate);
  }

  #takeOne(bucket: string, rate: number): undefined | Promise<void> {
    const held = this.#of(bucket);
    return this.#hasTaken(held) ? undefined : this.#wait(held, bucket, rate);
  }

  async #wait(held: Held, bucket: string, rate: number): Promise<void> {
    held.waiting += 1;
    try {
      do {
        held.asking ??= this.#renew(held, bucket, rate).finally(() => {
          held.asking = undefined;
        });
        await held.asking;
      } while (!this.#hasTaken(held));
    } finally {
      held.waiting -= 1;
    }
  }

  #hasTaken(held: Held): boolean {
    const nowMs = this.#clock.nowMs();
    if (held.tokens > 0 && nowMs < held.untilMs) {
      held.tokens -= 1;
      return true;
    }
    if (nowMs < held.emptyUntilMs) throw throttled();
    return false;
  }

  async #renew(held: Held, bucket: string, rate: number): Promise<void> {
    const batch = Math.max(1, Math.floor(rate / BATCHES_A_SECOND));
    const { tokens, waitMs } = await this.#ask({ bucket, rate, count: Math.max(held.waiting, batch) });
    const nowMs = this.#clock.nowMs();
    held.tokens = tokens;
    held.untilMs = nowMs + LEASE_MS;
    held.emptyUntilMs = nowMs + waitMs;
  }

  #of(bucket: string): Held {
    const known = this.#held.get(bucket);
    if (known !== undefined) return known;
    const held = { tokens: 0, untilMs: 0, emptyUntilMs: 0, waiting: 0, asking: undefined };
    this.#held.set(bucket, held);
    return held;
  }
}

const throttled = () =>
  new AwsError(
    "ThrottlingException",
    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
  );
