import { needs } from "../../base/index.js";
import type { ReadTx } from "../../store/index.js";
import { comparePlaces, type EventPlace, rowOfPlace, unpackPlace } from "./places.js";
import { TermReader } from "./postings.js";
import { placeRow, type RunRow, runsUntil, termRowUntil } from "./store.js";

/** Seconds since the epoch, both ends included, and the event before which the page begins. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly before: EventPlace | undefined;
  readonly limit: number;
}

const RUNS_AT_ONCE = 100;

/**
 * The newest events of a term, newest first: those of one second in the order of their places. Runs overlap in time, so
 * one is passed over only when all of it is older than what is found.
 */
export async function findEvents(tx: ReadTx, term: number, window: Window): Promise<readonly EventPlace[]> {
  let found: readonly EventPlace[] = [];
  let [newest, number] = [Number.MAX_SAFE_INTEGER, 0];
  for (;;) {
    const runs = await runsUntil(tx, newest, number, window.from, RUNS_AT_ONCE);
    for (const run of runs) {
      const last = found[window.limit - 1];
      if (last !== undefined && run.newest < last.time) return found;
      const more = await eventsOf(tx, run, term, window);
      if (more.length > 0) found = [...found, ...more].sort((a, b) => comparePlaces(b, a)).slice(0, window.limit);
    }
    const last = runs.at(-1);
    if (last === undefined || runs.length < RUNS_AT_ONCE) return found;
    [newest, number] = [last.newest, last.run];
  }
}

async function eventsOf(tx: ReadTx, run: RunRow, term: number, window: Window): Promise<EventPlace[]> {
  const places = new Places(tx, run);
  const until = await firstBehind(places, run, window);
  const found: EventPlace[] = [];
  for (const nth of await numbersOf(tx, run.run, term, until, window.limit)) {
    const place = await places.at(nth);
    if (place.time < window.from) break;
    found.push(place);
  }
  return found;
}

/** The number of the first event that is not shown because it is too young. */
async function firstBehind(places: Places, run: RunRow, { to, before }: Window): Promise<number> {
  const latest = Math.min(to, before?.time ?? to);
  if (run.oldest > latest) return 0;
  if (run.newest <= to && (before === undefined || run.newest < before.time)) return run.events;
  const isShown = (place: EventPlace) => place.time <= to && (before === undefined || comparePlaces(place, before) < 0);
  let [low, high] = [0, run.events];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isShown(await places.at(middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The term's last `limit` numbers below `until`, falling. */
async function numbersOf(tx: ReadTx, run: number, term: number, until: number, limit: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = until - 1; at >= 0 && found.length < limit; ) {
    const row = await termRowUntil(tx, run, term, at);
    if (row === undefined) break;
    const numbers = numbersIn(row.data, term);
    for (let nth = numbers.length - 1; nth >= 0 && found.length < limit; nth -= 1) {
      const number = numbers[nth] ?? 0;
      if (number < until) found.push(number);
    }
    if (row.term < term) break;
    at = row.at - 1; // the row begins within the term, so the one before may hold more of it
  }
  return found;
}

function numbersIn(row: Uint8Array, term: number): number[] {
  const numbers: number[] = [];
  const reader = new TermReader([row]);
  while (reader.term < term) reader.skip();
  while (reader.term === term) reader.take(numbers);
  return numbers;
}

/** The places of one run; the rows that were read last are kept. */
class Places {
  readonly #tx: ReadTx;
  readonly #run: RunRow;
  readonly #slots: readonly string[];
  readonly #rows = new Map<number, Buffer>();

  constructor(tx: ReadTx, run: RunRow) {
    this.#tx = tx;
    this.#run = run;
    this.#slots = run.slots.split(",");
  }

  async at(nth: number): Promise<EventPlace> {
    const at = rowOfPlace(nth);
    const row = this.#rows.get(at) ?? (await this.#read(at));
    return unpackPlace(row, nth - at, this.#slots);
  }

  async #read(at: number): Promise<Buffer> {
    const row = await placeRow(this.#tx, this.#run.run, at);
    needs(row !== undefined, "a run has all its places");
    const data = Buffer.from(row.data.buffer, row.data.byteOffset, row.data.length);
    this.#rows.set(at, data);
    return data;
  }
}
