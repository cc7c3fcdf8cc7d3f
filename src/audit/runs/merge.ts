import { needs } from "../../base/index.js";
import type { Database, ReadTx } from "../../store/index.js";
import { breath } from "../breath.js";
import { PLACE_BYTES, placeRows, SLOT_AT, timeAt } from "./places.js";
import { TermReader, TermWriter } from "./postings.js";
import {
  addRun,
  deleteRun,
  hasRun,
  type NewRun,
  nextRun,
  placeRowsOf,
  type RunRow,
  runsBelow,
  termRowsOf,
} from "./store.js";

/** Runs of about one size that become one: each event is merged once for each eightfold growth of its run. */
const TOGETHER = 8;
/** A run of so many events stays as it is. */
export const FULL_EVENTS = 16_384;
/** Bounds how much memory and how long a transaction merging takes. */
const MOST_EVENTS = 65_536;
/** More than are ever left over. */
const MOST_RUNS = 1000;

/**
 * Makes one run of many small ones, until there are only a few of each size: a look-up asks every run. Any process may,
 * beside others: who comes second finds that its runs are gone, and leaves it at that. May be killed at any line.
 */
export async function mergeRuns(database: Database): Promise<void> {
  for (;;) {
    const runs = chooseRuns(await database.read((tx) => runsBelow(tx, FULL_EVENTS, MOST_RUNS)));
    if (runs === undefined || !(await mergeThese(database, runs))) return;
  }
}

/** The oldest of those sizes of which there are enough. */
export function chooseRuns(runs: readonly RunRow[]): readonly RunRow[] | undefined {
  const bySize = new Map<number, RunRow[]>();
  for (const run of runs) {
    const size = Math.floor(Math.log2(run.events) / Math.log2(TOGETHER));
    bySize.set(size, [...(bySize.get(size) ?? []), run]);
  }
  const enough = [...bySize].filter(([, ofSize]) => ofSize.length >= TOGETHER).sort(([a], [b]) => a - b)[0]?.[1];
  let events = 0;
  return enough?.filter((run) => {
    events += run.events;
    return events <= MOST_EVENTS;
  });
}

async function mergeThese(database: Database, runs: readonly RunRow[]): Promise<boolean> {
  const sources = await database.read(async (tx) => {
    const read: Source[] = [];
    for (const run of runs) read.push(await readSource(tx, run));
    return read;
  });
  const merged = await merge(sources);
  return database.write(async (tx) => {
    for (const { run } of runs) if (!(await hasRun(tx, run))) return false;
    const next = await nextRun(tx);
    for (const { run } of runs) await deleteRun(tx, run); // before the other is added, which takes the pages
    await addRun(tx, next, merged);
    return true;
  });
}

interface Source {
  readonly slots: readonly string[];
  /** Changed: each names its slot by the number that it has in the new list. */
  readonly places: Buffer;
  readonly terms: readonly Uint8Array[];
}

async function readSource(tx: ReadTx, { run, slots }: RunRow): Promise<Source> {
  const places = await placeRowsOf(tx, run);
  const terms = await termRowsOf(tx, run);
  return {
    slots: slots.split(","),
    places: Buffer.concat(places.map((row) => row.data)),
    terms: terms.map((row) => row.data),
  };
}

/** Places and numbers between which others are let in: some milliseconds. */
const PLACES_A_BREATH = 4000;
const NUMBERS_A_BREATH = 20_000;

async function merge(sources: readonly Source[]): Promise<NewRun> {
  const slots = [...new Set(sources.flatMap((source) => source.slots))].sort();
  for (const source of sources) renumberSlots(source, slots);
  const { places, numbers } = await mergePlaces(sources.map((source) => source.places));
  return {
    events: places.length / PLACE_BYTES,
    oldest: timeAt(places, 0),
    newest: timeAt(places, places.length / PLACE_BYTES - 1),
    slots: slots.join(","),
    places: placeRows(places),
    terms: await mergeTerms(sources, numbers),
  };
}

function renumberSlots({ slots, places }: Source, merged: readonly string[]): void {
  const numbers = slots.map((slot) => merged.indexOf(slot));
  for (let at = SLOT_AT; at < places.length; at += PLACE_BYTES) {
    places.writeUInt16BE(numbers[places.readUInt16BE(at)] ?? 0, at);
  }
}

interface Merged {
  readonly places: Buffer;
  /** Of each source: the number that its event of a number has now. */
  readonly numbers: readonly Uint32Array[];
}

/** Bytes are ordered as places are. */
async function mergePlaces(sources: readonly Buffer[]): Promise<Merged> {
  const places = Buffer.allocUnsafe(sources.reduce((sum, source) => sum + source.length, 0));
  const numbers = sources.map((source) => new Uint32Array(source.length / PLACE_BYTES));
  const heads = sources.map((source, nth) => {
    return { source, numbers: numbers[nth] ?? new Uint32Array(), at: 0, time: timeAt(source, 0) };
  });
  for (let to = 0; to < places.length; to += PLACE_BYTES) {
    let first = heads[0];
    for (const head of heads) if (first !== undefined && head !== first && isBefore(head, first)) first = head;
    needs(first !== undefined, "a source is left as long as places are");
    first.source.copy(places, to, first.at, first.at + PLACE_BYTES);
    first.numbers[first.at / PLACE_BYTES] = to / PLACE_BYTES;
    first.at += PLACE_BYTES;
    if (first.at === first.source.length) heads.splice(heads.indexOf(first), 1);
    else first.time = timeAt(first.source, first.at / PLACE_BYTES);
    if ((to / PLACE_BYTES) % PLACES_A_BREATH === PLACES_A_BREATH - 1) await breath();
  }
  return { places, numbers };
}

interface Head {
  readonly source: Buffer;
  readonly at: number;
  readonly time: number;
}

function isBefore(a: Head, b: Head): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.source.compare(b.source, b.at, b.at + PLACE_BYTES, a.at, a.at + PLACE_BYTES) < 0;
}

async function mergeTerms(sources: readonly Source[], numbersOf: readonly Uint32Array[]): Promise<NewRun["terms"]> {
  const writer = new TermWriter();
  const readers = sources.map((source, nth) => ({
    reader: new TermReader(source.terms),
    numbers: numbersOf[nth] ?? new Uint32Array(),
  }));
  for (let [done, pause] = [0, NUMBERS_A_BREATH]; ; ) {
    let term = Number.POSITIVE_INFINITY;
    for (const { reader } of readers) if (reader.term < term) term = reader.term;
    if (term === Number.POSITIVE_INFINITY) return writer.rows();
    const found: number[] = [];
    for (const { reader, numbers } of readers) {
      const begins = found.length;
      while (reader.term === term) reader.take(found);
      for (let nth = begins; nth < found.length; nth += 1) found[nth] = numbers[found[nth] ?? 0] ?? 0;
    }
    writer.add(term, inOrder(found));
    done += found.length;
    if (done < pause) continue;
    pause = done + NUMBERS_A_BREATH;
    await breath();
  }
}

/** They nearly always are: most runs follow each other in time. */
function inOrder(numbers: readonly number[]): ArrayLike<number> {
  for (let nth = 1; nth < numbers.length; nth += 1) {
    if ((numbers[nth] ?? 0) < (numbers[nth - 1] ?? 0)) return Uint32Array.from(numbers).sort();
  }
  return numbers;
}
