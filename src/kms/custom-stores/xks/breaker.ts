import { type Clock, SECOND_MS } from "../../../base/index.js";
import { isOfTransport, ProxyFault } from "./proxy-fault.js";

const FAILURES_ALLOWED = 5;
const REST_MS = 2 * SECOND_MS;

/**
 * Spares a proxy that cannot be reached, and the callers the wait for it: after some failures in a row nobody asks it
 * for a while, then one request alone tries whether it is back.
 */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #restsUntilMs = 0;
  #isProbing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const isProbe = this.#enter();
    try {
      const done = await work();
      this.#failures = 0;
      return done;
    } catch (thrown) {
      this.#note(thrown);
      throw thrown;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  /** True when this request is the one that tries. */
  #enter(): boolean {
    if (this.#failures < FAILURES_ALLOWED) return false;
    if (this.#isProbing || this.#clock.nowMs() < this.#restsUntilMs) throw new ProxyFault("resting");
    this.#isProbing = true;
    return true;
  }

  /** A proxy that refuses is there: only the way to it counts. */
  #note(thrown: unknown): void {
    if (!(thrown instanceof ProxyFault) || !isOfTransport(thrown)) {
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    this.#restsUntilMs = this.#clock.nowMs() + REST_MS;
  }
}
