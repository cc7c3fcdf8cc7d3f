import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrailRecord } from "../audit/index.js";
import { testRecord } from "../audit/testing.js";
import { ManualClock } from "../base/index.js";
import { KeptRecords } from "./kept-records.js";

/** What the trail was given, and whether it takes anything. */
function stand() {
  const [given, state] = [[] as string[], { isFull: false }];
  const clock = new ManualClock();
  const record = async ({ eventID }: TrailRecord) => {
    if (state.isFull) throw new Error("the disk is full");
    given.push(eventID);
  };
  return { given, state, clock, kept: new KeptRecords({ record }, clock) };
}

const ids = (records: readonly TrailRecord[]) => records.map(({ eventID }) => eventID);
const [a, b] = [testRecord("a"), testRecord("b")];

test("records stand in every commit of their call, and go with its end", async () => {
  const { kept, given } = stand();
  assert.ok(kept.keep([a]));
  assert.deepEqual(ids(await kept.forCommit()), ["a"]);
  assert.ok(kept.keep([b]));
  assert.deepEqual(ids(await kept.forCommit()), ["a", "b"]);
  assert.deepEqual(ids(await kept.forEnd()), ["a", "b"]);
  assert.deepEqual(given, [], "whoever ends the call writes them");
});

test("after the end nothing is kept, nor written twice", async () => {
  const { kept, given, clock } = stand();
  kept.keep([a]);
  await kept.forEnd();
  assert.equal(kept.keep([b]), false);
  clock.advance(5000);
  assert.deepEqual(ids(await kept.forCommit()), []);
  assert.deepEqual(ids(await kept.forEnd()), []);
  assert.deepEqual(given, []);
});

test("a call that takes long gives its records to the trail, once", async () => {
  const { kept, given, clock } = stand();
  kept.keep([a]);
  clock.advance(999);
  assert.deepEqual(given, []);
  clock.advance(1);
  kept.keep([b]);
  assert.deepEqual(given, ["a"]);
  assert.deepEqual(ids(await kept.forCommit()), ["b"], "what is on the disk stands in no later commit");
  clock.advance(1000);
  assert.deepEqual(given, ["a", "b"]);
  assert.deepEqual(ids(await kept.forEnd()), []);
});

test("a commit waits for what is on its way to the disk", async () => {
  let write: () => void = () => assert.fail("nothing is being written");
  const clock = new ManualClock();
  const record = () => new Promise<void>((resolve) => (write = resolve));
  const kept = new KeptRecords({ record }, clock);
  kept.keep([a]);
  clock.advance(1000);
  let isKnown = false;
  const known = Promise.resolve(kept.forCommit()).then(() => {
    isKnown = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isKnown, false);
  write();
  await known;
});

test("what the trail refused goes with the next commit and the end", async () => {
  const { kept, given, clock, state } = stand();
  kept.keep([a]);
  state.isFull = true;
  clock.advance(1000);
  assert.deepEqual(ids(await kept.forCommit()), ["a"]);
  assert.deepEqual(ids(await kept.forEnd()), ["a"]);
  assert.deepEqual(given, []);
});
