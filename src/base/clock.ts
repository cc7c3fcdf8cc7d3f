/** Time as the house sees it. Only `app/` builds the real one; tests move theirs by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  now(): Date;
  /** Calls back once after `ms`; the returned function cancels. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void;
}

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const addDays = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY_MS);

/** ISO-8601 in whole seconds, as CloudTrail and IAM write time: `2026-11-21T09:00:00Z`. */
export function isoSeconds(date: Date): string {
  const second = Math.floor(date.getTime() / SECOND_MS);
  if (second !== lastText.second) lastText = { second, text: `${date.toISOString().slice(0, 19)}Z` };
  return lastText.text;
}

/** Each request of the same second writes the same text. */
let lastText = { second: Number.NaN, text: "" };

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs: number;
  #timers: { atMs: number; run: () => void }[] = [];

  constructor(start: string | number = "2026-01-01T00:00:00Z") {
    this.#nowMs = typeof start === "number" ? start : Date.parse(start);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time forward and runs, in order, what came due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let due = this.#nextDue(endMs); due !== undefined; due = this.#nextDue(endMs)) {
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = endMs;
  }

  #nextDue(endMs: number) {
    return this.#timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}
