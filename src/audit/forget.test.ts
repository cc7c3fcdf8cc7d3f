import assert from "node:assert/strict";
import { test } from "node:test";
import { testFolder } from "../store/testing.js";
import { forgetOldEvents } from "./forget.js";
import { addEvents, ERA_EVENTS, Postings } from "./store.js";
import { openTestTrail, testRecord } from "./testing.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };
const seconds = (time: string) => Date.parse(time) / 1000;

test("what is older than ninety days leaves the index, and nothing younger does", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.audit.record(testRecord("old", { eventTime: "2026-08-20T00:00:00Z" }));
  await trail.audit.record(testRecord("young", { eventTime: "2026-08-24T00:00:00Z" }));
  await trail.audit.catchUp();
  await trail.audit.forgetOldEvents();
  const rows = await trail.index.read((tx) => tx.all<{ time: number }>("SELECT DISTINCT time FROM postings LIMIT 9"));
  assert.deepEqual(rows, [{ time: seconds("2026-08-24T00:00:00Z") }]);
  const { items } = await trail.audit.lookup(HERE);
  assert.deepEqual(
    items.map((record) => record.eventID),
    ["young"],
  );
  await trail.close();
  folder.remove();
});

test("an era goes as a whole once its newest event is too old; the running one stays", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  const [old, young] = [seconds("2026-01-01T00:00:00Z"), seconds("2026-11-01T00:00:00Z")];
  const at = (era: number, nth: number) => era * ERA_EVENTS + nth;
  const events: [event: number, time: number][] = [
    [at(0, 1), old],
    [at(0, 2), old],
    [at(1, 1), old],
    [at(1, 2), young],
    [at(2, 1), old],
  ];
  await trail.index.write((tx) =>
    addEvents(
      tx,
      events.map(([event]) => [event, "w0", 1, 48, 0]),
      new Postings(),
      events.map(([event, time]) => [event + 7, time, event]),
    ),
  );
  await forgetOldEvents(trail.index, trail.clock.now());
  const left = await trail.index.read((tx) =>
    tx.all<{ event: number }>("SELECT event FROM places ORDER BY event LIMIT 9"),
  );
  assert.deepEqual(
    left.map((row) => row.event),
    [at(1, 1), at(1, 2), at(2, 1)],
  );
  const ids = await trail.index.read((tx) => tx.all("SELECT event FROM event_ids ORDER BY event LIMIT 9"));
  assert.deepEqual(ids, left);
  await trail.close();
  folder.remove();
});
