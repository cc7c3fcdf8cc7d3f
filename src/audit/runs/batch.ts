import { needs } from "../../base/index.js";
import { breath } from "../breath.js";
import { type EventPlace, PLACE_BYTES, packPlace, placeRows, standsBefore, timeAt } from "./places.js";
import { TermWriter } from "./postings.js";
import type { NewRun } from "./store.js";

/** A term is a number below this: with an event's number it makes one number that can be sorted. */
export const TERMS = 2 ** 37;
/** Events of a batch. */
const NUMBERS = 2 ** 16;
/** Terms of all events between which others are let in: some milliseconds. */
const KEYS_A_BREATH = 40_000;

/** Gathers events of one slot, in the order of their places, and makes a run of them. */
export class Batch {
  #count = 0;
  #places: Buffer = Buffer.allocUnsafe(256 * PLACE_BYTES);
  /** Term and number of the event. */
  #keys = new Float64Array(4096);
  #used = 0;

  get count(): number {
    return this.#count;
  }

  /** A term may be there twice. */
  add(place: Omit<EventPlace, "slot">, terms: readonly number[]): void {
    const nth = this.#count;
    needs(nth < NUMBERS, "a batch is not fuller than its numbers reach");
    if ((nth + 1) * PLACE_BYTES > this.#places.length) this.#places = Buffer.concat([this.#places, this.#places]);
    if (this.#used + terms.length > this.#keys.length) this.#growKeys(terms.length);
    packPlace(this.#places, nth, 0, place);
    for (const term of terms) this.#keys[this.#used++] = term * NUMBERS + nth;
    this.#count += 1;
  }

  #growKeys(least: number): void {
    const keys = new Float64Array(2 * this.#keys.length + least);
    keys.set(this.#keys);
    this.#keys = keys;
  }

  /** Leaves out the events that stand before this. */
  dropBefore(segment: number, start: number): void {
    let count = 0;
    while (count < this.#count && standsBefore(this.#places, count, segment, start)) count += 1;
    if (count === 0) return;
    const kept = this.#keys.subarray(0, this.#used).filter((key) => key % NUMBERS >= count);
    this.#used = kept.length;
    this.#keys = kept.map((key) => key - count);
    this.#places = this.#places.subarray(count * PLACE_BYTES);
    this.#count -= count;
  }

  /** Undefined when there are no events. Nothing is added afterwards. */
  async toRun(slot: string): Promise<NewRun | undefined> {
    if (this.#count === 0) return undefined;
    this.#orderByTime();
    const places = this.#places.subarray(0, this.#count * PLACE_BYTES);
    const keys = this.#keys.subarray(0, this.#used).sort();
    await breath();
    return {
      events: this.#count,
      oldest: timeAt(places, 0),
      newest: timeAt(places, this.#count - 1),
      slots: slot,
      places: placeRows(places),
      terms: await termRows(keys),
    };
  }

  /** They nearly always are in it. Events of one second stay in the order of their places. */
  #orderByTime(): void {
    const [places, count] = [this.#places, this.#count];
    let nth = 1;
    while (nth < count && timeAt(places, nth) >= timeAt(places, nth - 1)) nth += 1;
    if (nth >= count) return;
    const order = Array.from({ length: count }, (_, number) => number);
    order.sort((a, b) => timeAt(places, a) - timeAt(places, b) || a - b);
    const numbers = new Float64Array(count);
    for (const [number, before] of order.entries()) numbers[before] = number;
    this.#places = Buffer.concat(
      order.map((before) => places.subarray(before * PLACE_BYTES, (before + 1) * PLACE_BYTES)),
    );
    this.#keys = this.#keys.map((key) => key - (key % NUMBERS) + (numbers[key % NUMBERS] ?? 0));
  }
}

async function termRows(keys: Float64Array): Promise<NewRun["terms"]> {
  const writer = new TermWriter();
  const numbers: number[] = [];
  for (let at = 0, pause = KEYS_A_BREATH; at < keys.length; ) {
    const term = Math.floor((keys[at] ?? 0) / NUMBERS);
    const end = (term + 1) * NUMBERS;
    numbers.length = 0;
    for (let key = keys[at] ?? end; key < end; key = keys[++at] ?? end) {
      const number = key - term * NUMBERS;
      if (number !== numbers[numbers.length - 1]) numbers.push(number);
    }
    writer.add(term, numbers);
    if (at < pause) continue;
    pause = at + KEYS_A_BREATH;
    await breath();
  }
  return writer.rows();
}
