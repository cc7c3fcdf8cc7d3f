import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite } from "../store/index.js";
import { testKey as databaseKey, testFolder } from "../store/testing.js";
import { openTestTrail, recordsInTrail, type TestTrail, testRecord, withTrail } from "./testing.js";

type Row = Readonly<Record<"event_id" | "slot" | "record", string>> & { readonly segment: number };

const rowsOf = ({ state }: Pick<TestTrail, "state">) =>
  state.read((tx) => tx.all<Row>("SELECT * FROM audit_outbox ORDER BY event_id LIMIT 9"));

const unfinished = (id: string) => testRecord(id, { errorCode: "Unfinished" });
const uses = [testRecord("use-1"), testRecord("use-2")];
const nothing = async () => {};

/** What the trail holds when a process was killed after `work`, and another one has opened it, twice. */
async function afterCrash(work: (trail: TestTrail) => Promise<void>): Promise<(string | undefined)[][]> {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.audit.commit(trail.state, unfinished("call"), nothing, uses);
  // A crash keeps the row, whatever was recorded: it is put back after an orderly close.
  const [row] = await rowsOf(trail);
  assert.ok(row);
  await work(trail);
  await trail.close();
  for (let time = 0; time < 2; time += 1) {
    const crashed = await openTestTrail(folder.path);
    const values = [row.event_id, row.slot, row.segment, row.record];
    await crashed.state.write((tx) =>
      tx.run("INSERT INTO audit_outbox (event_id, slot, segment, record) VALUES (?, ?, ?, ?)", ...values),
    );
    await crashed.close();
    const recovered = await openTestTrail(folder.path);
    assert.deepEqual(await rowsOf(recovered), []);
    await recovered.close();
  }
  const found = recordsInTrail(folder.path).map(({ eventID, errorCode }) => [eventID, errorCode]);
  folder.remove();
  return found;
}

const USED = uses.map(({ eventID }) => [eventID, undefined]);

test("killed between commit and record: the call's first record and what it did on its way are in the trail, once", async () => {
  assert.deepEqual(await afterCrash(nothing), [...USED, ["call", "Unfinished"]]);
});

test("killed when only what it did on its way had come to the disk: the call's own record follows", async () => {
  const found = await afterCrash(async ({ audit }) => {
    for (const use of uses) await audit.record(use);
  });
  assert.deepEqual(found, [...USED, ["call", "Unfinished"]]);
});

test("killed after the record: nothing is added", async () => {
  assert.deepEqual(await afterCrash(({ audit }) => audit.record(testRecord("call"), uses)), [
    ...USED,
    ["call", undefined],
  ]);
});

test("a unit that is refused leaves neither its change nor what it did on its way", async () => {
  await withTrail(async (trail) => {
    const refusal = new Error("refused");
    const refused = trail.audit.commit(trail.state, unfinished("call"), () => Promise.reject(refusal), uses);
    await assert.rejects(refused, refusal);
    assert.deepEqual(await rowsOf(trail), []);
    await trail.audit.record(testRecord("call", { errorCode: "Refused" }), uses);
    assert.deepEqual(
      recordsInTrail(trail.folder).map(({ eventID, errorCode }) => [eventID, errorCode]),
      [...USED, ["call", "Refused"]],
    );
  });
});

test("the row goes once all of its records are there, and a later commit of the call takes its place", async () => {
  await withTrail(async (trail) => {
    const { audit, state, clock } = trail;
    await audit.commit(state, unfinished("call"), nothing, uses.slice(0, 1));
    await audit.commit(state, unfinished("call"), nothing, uses);
    const [row, ...others] = await rowsOf(trail);
    assert.deepEqual(others, []);
    assert.equal(row?.record.split("\n").length, 3);
    await audit.record(testRecord("call"), uses);
    clock.advance(1000);
    await state.write(nothing);
    assert.deepEqual(await rowsOf(trail), []);
    const { items } = await audit.lookup({ account: "111122223333", region: "us-east-1", limit: 9 });
    assert.deepEqual(items.map(({ eventID }) => eventID).sort(), ["call", "use-1", "use-2"]);
  });
});

test("a call that committed in two databases is in the trail once", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  const path = `${folder.path}/other.db`;
  const openOther = () => openSqlite({ path, key: databaseKey(), migrations: [] });
  const other = await openOther();
  for (const database of [trail.state, other]) await trail.audit.commit(database, unfinished("call"), nothing, uses);
  await trail.close();
  await other.close();
  const again = await openOther();
  const recovered = await openTestTrail(folder.path, { more: [again] });
  assert.deepEqual(await rowsOf({ state: again }), []);
  await recovered.close();
  await again.close();
  assert.deepEqual(
    recordsInTrail(folder.path).map(({ eventID }) => eventID),
    ["use-1", "use-2", "call"],
  );
  folder.remove();
});
