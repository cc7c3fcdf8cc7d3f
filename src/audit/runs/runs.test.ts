import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openSqlite, type SqliteDatabase } from "../../store/index.js";
import { testFolder, testKey } from "../../store/testing.js";
import { AUDIT_MIGRATIONS } from "../store.js";
import { Batch, TERMS } from "./batch.js";
import { findEvents, type Window } from "./find.js";
import { chooseRuns, FULL_EVENTS, mergeRuns } from "./merge.js";
import { comparePlaces, type EventPlace } from "./places.js";
import { TermReader, TermWriter } from "./postings.js";
import { addRun, nextRun, type RunRow } from "./store.js";

const FOREVER = Number.MAX_SAFE_INTEGER;
const ALL: Window = { from: 0, to: FOREVER, before: undefined, limit: FOREVER };

async function withIndex(run: (index: SqliteDatabase) => Promise<void>): Promise<void> {
  const folder = testFolder();
  const index = await openSqlite({ path: join(folder.path, "audit.db"), key: testKey(), migrations: AUDIT_MIGRATIONS });
  try {
    await run(index);
  } finally {
    await index.close();
    folder.remove();
  }
}

interface Event extends EventPlace {
  readonly terms: readonly number[];
}

async function addRunOf(index: SqliteDatabase, slot: string, events: readonly Event[]): Promise<void> {
  const batch = new Batch();
  for (const event of events) batch.add(event, event.terms);
  const run = await batch.toRun(slot);
  if (run !== undefined) await index.write(async (tx) => addRun(tx, await nextRun(tx), run));
}

/** Any numbers, the same each time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EVERY = 3;
const RARE = [5, TERMS - 1, 2 ** 33];

/** Runs of three slots whose times overlap, some not in order within themselves. */
async function overlapping(index: SqliteDatabase, seed: number, runs: number, most: number): Promise<Event[]> {
  const below = numbersFrom(seed);
  const ends = new Map<string, number>();
  const all: Event[] = [];
  for (let run = 0; run < runs; run += 1) {
    const slot = `w${below(3)}`;
    const events = Array.from({ length: 1 + below(most) }, (_, nth): Event => {
      const end = (ends.get(slot) ?? 0) + 1;
      ends.set(slot, end);
      const terms = [EVERY, 100 + all.length + nth, RARE[below(9)] ?? 7, 7];
      const time = 1000 + run * 3 + below(6);
      return { time, slot, segment: 1 + Math.floor(end / 50), start: 48 + (end % 50), nth: below(3), terms };
    });
    await addRunOf(index, slot, events);
    all.push(...events);
  }
  return all;
}

const plain = ({ time, slot, segment, start, nth }: EventPlace) => ({ time, slot, segment, start, nth });

/** What should be found: naive. */
const expected = (events: readonly Event[], term: number, { from, to, before, limit }: Window) =>
  events
    .filter((event) => event.terms.includes(term) && event.time >= from && event.time <= to)
    .filter((event) => before === undefined || comparePlaces(event, before) < 0)
    .sort((a, b) => comparePlaces(b, a))
    .slice(0, limit)
    .map(plain);

async function assertAnswers(index: SqliteDatabase, events: readonly Event[], seed: number): Promise<void> {
  const below = numbersFrom(seed);
  const [oldest, newest] = [990, Math.max(...events.map((event) => event.time)) + 5];
  for (let asked = 0; asked < 30; asked += 1) {
    const term = [EVERY, ...RARE, 100 + below(events.length), 7, 6][below(7)] ?? EVERY;
    const from = below(3) === 0 ? 0 : oldest + below(newest - oldest);
    const to = below(3) === 0 ? FOREVER : from + below(newest - from + 1);
    const before = below(2) === 0 ? undefined : events[below(events.length)];
    const window = { from, to, before, limit: 1 + below(60) };
    const found = await index.read((tx) => findEvents(tx, term, window));
    assert.deepEqual(found, expected(events, term, window), `seed ${seed}, question ${asked}`);
  }
}

test("runs answer as a list of all events would, before they are merged and afterwards", async () => {
  for (const seed of [1, 2]) {
    await withIndex(async (index) => {
      const events = await overlapping(index, seed, 24, 30);
      await assertAnswers(index, events, seed);
      await mergeRuns(index);
      const left = await index.read((tx) => tx.all<RunRow>("SELECT * FROM runs ORDER BY run LIMIT 99"));
      assert.ok(left.length < 12, `${left.length} runs are left`);
      assert.equal(
        left.reduce((sum, run) => sum + run.events, 0),
        events.length,
      );
      await assertAnswers(index, events, seed + 100);
    });
  }
});

test("a term of more events than a row holds is read on from row to row", async () => {
  await withIndex(async (index) => {
    const events = Array.from({ length: 9000 }, (_, nth): Event => {
      const terms = [...(nth % 2 === 0 ? [8] : []), 9, 1000 + nth];
      return { time: 1000 + Math.floor(nth / 700), slot: "w0", segment: 1, start: 48 + nth, nth: 0, terms };
    });
    await addRunOf(index, "w0", events);
    const rows = await index.read((tx) => tx.all("SELECT at FROM run_terms WHERE term = 9 ORDER BY at LIMIT 9"));
    assert.ok(rows.length > 1, `${rows.length} rows begin within the term`);
    for (const term of [8, 9, 1000, 9999, 10_000]) {
      assert.deepEqual(
        await index.read((tx) => findEvents(tx, term, ALL)),
        expected(events, term, ALL),
        `term ${term}`,
      );
    }
    for (const nth of [0, 1, 699, 700, 4500, 8999]) {
      const window = { ...ALL, before: events[nth], limit: 51 };
      assert.deepEqual(
        await index.read((tx) => findEvents(tx, 8, window)),
        expected(events, 8, window),
        `event ${nth}`,
      );
    }
  });
});

test("terms and their numbers come back as they were written, whatever their size", () => {
  const lists = new Map([
    [0, [0]],
    [1, [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1]],
    [77, Array.from({ length: 5000 }, (_, nth) => nth * 3)],
    [TERMS - 1, [5]],
  ]);
  const writer = new TermWriter();
  for (const [term, numbers] of lists) writer.add(term, numbers);
  const rows = writer.rows();
  assert.ok(rows.length > 1 && rows.every((row) => row.data.length <= 3960));
  const found = new Map<number, number[]>();
  const reader = new TermReader(rows.map((row) => row.data));
  while (Number.isFinite(reader.term)) {
    const numbers = found.get(reader.term) ?? [];
    found.set(reader.term, numbers);
    reader.take(numbers);
  }
  assert.deepEqual(found, lists);
});

test("a batch forgets what stands before a place, and nothing else", async () => {
  await withIndex(async (index) => {
    const events = Array.from({ length: 20 }, (_, nth): Event => {
      const place = { segment: 1 + Math.floor(nth / 8), start: 48 + Math.floor((nth % 8) / 4) * 100, nth: nth % 4 };
      return { time: 1000 + (nth % 3), slot: "w0", ...place, terms: [9, nth] };
    });
    const batch = new Batch();
    for (const event of events) batch.add(event, event.terms);
    batch.dropBefore(2, 148);
    assert.equal(batch.count, 8);
    const run = await batch.toRun("w0");
    assert.ok(run);
    await index.write(async (tx) => addRun(tx, await nextRun(tx), run));
    const left = events.slice(12);
    for (const term of [9, 11, 12, 19]) {
      assert.deepEqual(await index.read((tx) => findEvents(tx, term, ALL)), expected(left, term, ALL), `term ${term}`);
    }
  });
  const nothing = new Batch();
  nothing.dropBefore(1, 48);
  assert.equal(await nothing.toRun("w0"), undefined);
});

test("as many runs of a size as it takes are merged, the oldest first, and full ones never", () => {
  const run = (number: number, events: number): RunRow => ({ run: number, events, oldest: 0, newest: 0, slots: "w0" });
  const runs = (count: number, events: number) => Array.from({ length: count }, (_, nth) => run(nth + 1, events));
  assert.equal(chooseRuns(runs(7, 1)), undefined);
  assert.deepEqual(chooseRuns(runs(9, 1)), runs(9, 1));
  assert.equal(chooseRuns([...runs(7, 1), ...runs(7, 8), ...runs(7, 64)]), undefined);
  assert.deepEqual(chooseRuns([...runs(8, 5000), ...runs(8, 70)]), runs(8, 70));
  assert.deepEqual(
    chooseRuns(runs(100, FULL_EVENTS - 1))?.map((chosen) => chosen.run),
    [1, 2, 3, 4],
  );
});

test("who merges the same runs at the same time as another does nothing", async () => {
  await withIndex(async (index) => {
    const events = await overlapping(index, 4, 12, 3);
    await Promise.all([mergeRuns(index), mergeRuns(index), mergeRuns(index)]);
    assert.deepEqual(await index.read((tx) => findEvents(tx, EVERY, ALL)), expected(events, EVERY, ALL));
  });
});
