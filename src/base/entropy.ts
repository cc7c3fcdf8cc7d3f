/** Randomness for ids and names. Key bytes never come from here: they come from `crypto/`. */
export interface Entropy {
  bytes(count: number): Uint8Array;
}

/** Repeatable bytes for tests: the same seed gives the same sequence. Not random in any other sense. */
export class SeededEntropy implements Entropy {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() & 0xff);
  }

  /** mulberry32: small, well spread, and only ever used to make tests repeatable. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
