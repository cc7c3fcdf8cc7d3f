import assert from "node:assert/strict";
import { test } from "node:test";
import { testFolder } from "../store/testing.js";
import { forgetOldEvents } from "./forget.js";
import { Batch } from "./runs/batch.js";
import { addRun, nextRun } from "./runs/store.js";
import { openTestTrail, type TestTrail, testRecord } from "./testing.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };
const seconds = (time: string) => Date.parse(time) / 1000;

const newestOf = ({ index }: TestTrail) =>
  index.read((tx) => tx.all<{ newest: number }>("SELECT newest FROM runs ORDER BY run LIMIT 9"));

test("a run goes once all of it is older than ninety days, and nothing younger is lost", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  for (const [id, day] of [
    ["old", "08-20"],
    ["older", "08-19"],
    ["young", "08-24"],
  ] as const) {
    await trail.audit.record(testRecord(id, { eventTime: `2026-${day}T00:00:00Z` }));
    await trail.audit.catchUp();
  }
  await trail.audit.forgetOldEvents();
  assert.deepEqual(await newestOf(trail), [{ newest: seconds("2026-08-24T00:00:00Z") }]);
  for (const table of ["run_places", "run_terms"]) {
    const rows = await trail.index.read((tx) => tx.all(`SELECT DISTINCT run FROM ${table} ORDER BY run LIMIT 9`));
    assert.deepEqual(rows, [{ run: 3 }], table);
  }
  const { items } = await trail.audit.lookup(HERE);
  assert.deepEqual(
    items.map((record) => record.eventID),
    ["young"],
  );
  await trail.close();
  folder.remove();
});

test("the newest run stays, so that no number is used twice", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.index.write(async (tx) => {
    for (const time of [5, 4]) {
      const batch = new Batch();
      batch.add({ time, segment: 1, start: 48, nth: 0 }, [7]);
      const run = await batch.toRun("w0");
      assert.ok(run);
      await addRun(tx, await nextRun(tx), run);
    }
  });
  await forgetOldEvents(trail.index, trail.clock.now());
  assert.deepEqual(await newestOf(trail), [{ newest: 4 }]);
  assert.equal(await trail.index.read(nextRun), 3);
  await trail.close();
  folder.remove();
});
