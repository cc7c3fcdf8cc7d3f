import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSqlite } from "../store/index.js";
import { testKey as databaseKey, testFolder } from "../store/testing.js";
import { TrailDamaged } from "./frame.js";
import { AUDIT_MIGRATIONS } from "./store.js";
import { openTestTrail, type TestTrail, testRecord, withTrail } from "./testing.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };

const named = (from: number, count: number) => Array.from({ length: count }, (_, nth) => `e${from + nth}`);

const recordAll = (audit: TestTrail["audit"], ids: readonly string[]) =>
  Promise.all(ids.map((id) => audit.record(testRecord(id))));

/** As the index has them now, newest first; the look-up itself has nothing to catch up. */
const indexed = async ({ audit }: Pick<TestTrail, "audit">) => {
  assert.equal(await audit.bytesBehind(), 0);
  return (await audit.lookup(HERE)).items.map((record) => record.eventID);
};

const runsIn = async ({ index }: TestTrail) =>
  (await index.read((tx) => tx.all("SELECT * FROM runs LIMIT 999"))).length;

test("what this process wrote is indexed from memory, also where others have indexed a part of it", async () => {
  await withTrail(async (trail) => {
    const other = await trail.open("w1");
    await recordAll(trail.audit, named(0, 3));
    await trail.audit.indexOwn(0);
    await recordAll(trail.audit, named(3, 2));
    await other.catchUp(); // reads them from the log
    await recordAll(trail.audit, named(5, 2));
    await trail.audit.indexOwn(0);
    await trail.audit.indexOwn(0);
    assert.deepEqual(await indexed(trail), named(0, 7).reverse());
    await recordAll(other, named(7, 1));
    await trail.audit.indexOwn(0);
    assert.notEqual(await trail.audit.bytesBehind(), 0, "another's log is left to the other, and to look-ups");
    assert.equal((await trail.audit.lookup(HERE)).items.length, 8);
  });
});

test("what is in memory only helps: a new process goes on where the index stands, through segments", async () => {
  const folder = testFolder();
  for (let start = 0; start < 15; start += 5) {
    const trail = await openTestTrail(folder.path, { segmentBytes: 2000 });
    await recordAll(trail.audit, named(start, 1));
    await trail.audit.indexOwn(0);
    for (const id of named(start + 1, 4)) await trail.audit.record(testRecord(id)); // left to the next process
    await trail.close();
  }
  const trail = await openTestTrail(folder.path);
  await trail.audit.catchUp();
  assert.deepEqual(await indexed(trail), named(0, 15).reverse());
  await trail.close();
  folder.remove();
});

test("a busy process waits until so much has gathered", async () => {
  await withTrail(async (trail) => {
    await recordAll(trail.audit, named(0, 5));
    const behind = await trail.audit.bytesBehind();
    await trail.audit.indexOwn(behind + 1);
    assert.equal(await trail.audit.bytesBehind(), behind);
    await trail.audit.indexOwn(behind);
    assert.equal(await trail.audit.bytesBehind(), 0);
  });
});

test("data events move the index on and are not in it", async () => {
  await withTrail(async (trail) => {
    await trail.audit.record(testRecord("data", { eventCategory: "Data", managementEvent: false }));
    await trail.audit.indexOwn(0);
    assert.deepEqual(await indexed(trail), []);
    assert.equal(await runsIn(trail), 0);
  });
});

test("small runs are made one again and again, and every event is found as before", async () => {
  await withTrail(async (trail) => {
    for (const id of named(0, 20)) {
      await trail.audit.record(testRecord(id));
      await trail.audit.indexOwn(0);
    }
    assert.ok((await runsIn(trail)) < 12, `${await runsIn(trail)} runs`);
    assert.deepEqual(await indexed(trail), named(0, 20).reverse());
  });
});

test("runs that look-ups make are made one too", async () => {
  await withTrail(async (trail) => {
    for (const id of named(0, 10)) {
      await trail.audit.record(testRecord(id));
      await trail.audit.lookup({ ...HERE, limit: 1 });
    }
    assert.equal(await runsIn(trail), 10);
    await trail.audit.indexOwn(1024 ** 3);
    assert.equal(await runsIn(trail), 1);
    assert.deepEqual(await indexed(trail), named(0, 10).reverse());
  });
});

test("a clock that is far off keeps no record from being written, nor the index from going on", async () => {
  await withTrail(async (trail) => {
    for (const eventTime of ["1901-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "no time"])
      await trail.audit.record(testRecord(eventTime, { eventTime }));
    await recordAll(trail.audit, named(0, 1));
    await trail.audit.indexOwn(0);
    assert.deepEqual(await indexed(trail), ["9999-01-01T00:00:00Z", "e0"]);
  });
});

test("an index that is made anew has the same order, and the tokens of the old one go on", async () => {
  await withTrail(async (trail) => {
    const other = await trail.open("w1");
    for (const id of named(0, 12)) await (Number(id.slice(1)) % 3 ? trail.audit : other).record(testRecord(id));
    const before = await trail.audit.lookup({ ...HERE, limit: 12 });
    const { next } = await trail.audit.lookup({ ...HERE, limit: 5 });
    assert.ok(next);
    await trail.index.write(async (tx) => {
      for (const name of ["cursors", "runs", "run_places", "run_terms"]) await tx.run(`DELETE FROM ${name}`);
    });
    assert.deepEqual(await trail.audit.lookup({ ...HERE, limit: 12 }), before);
    assert.deepEqual((await trail.audit.lookup({ ...HERE, next })).items, before.items.slice(5));
  });
});

/** A folder as an older release left it: its index had come to the log's end. */
async function olderFolder(path: string): Promise<void> {
  const trail = await openTestTrail(path);
  await recordAll(trail.audit, named(0, 3));
  await trail.audit.catchUp();
  const cursors = await trail.index.read((tx) => tx.all<Record<string, number>>("SELECT * FROM cursors LIMIT 9"));
  await trail.close();
  const old = await openSqlite({
    path: join(path, "older.db"),
    key: databaseKey(),
    migrations: AUDIT_MIGRATIONS.filter((step) => step.id <= 2),
  });
  for (const { segment = 0, start = 0, frame = 0, hash = 0 } of cursors)
    await old.write((tx) => tx.run("INSERT INTO cursors VALUES ('w0', ?, ?, ?, ?)", segment, start, frame, hash));
  await old.write((tx) => tx.run("INSERT INTO places VALUES (1, 'w0', 1, 48, 0)"));
  await old.close();
}

test("the index of an older release is made anew, and a log that is shorter than it was then is damage", async () => {
  const folder = testFolder();
  await olderFolder(folder.path);
  const trail = await openTestTrail(folder.path, { index: "older.db" });
  assert.notEqual(await trail.audit.bytesBehind(), 0);
  assert.equal((await trail.audit.lookup(HERE)).items.length, 3);
  await trail.close();
  folder.remove();

  const cut = testFolder();
  await olderFolder(cut.path);
  truncateSync(join(cut.path, "audit", "w0", "0000000001.seg"), 48);
  truncateSync(join(cut.path, "audit", "w0", "flushed"), 0);
  await assert.rejects(openTestTrail(cut.path, { index: "older.db" }), TrailDamaged);
  cut.remove();
});
