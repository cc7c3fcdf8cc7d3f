import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { testFolder } from "../store/testing.js";
import type { Expiry } from "./expire.js";
import { checkExport, exportTrail, openLedger, verifyLedger } from "./ledger/index.js";
import { segmentNumbers } from "./segments.js";
import { openTestTrail, rebuiltTrail, type TestTrail, testKey, testRecord } from "./testing.js";
import { verifyTrail } from "./verify.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };
const BEFORE = new Date("2026-11-10T00:00:00Z");
const UNBOUND = Number.MAX_SAFE_INTEGER;

/** Thirty records over thirty days in segments of a few each, all indexed. */
async function month(run: (trail: TestTrail, folder: string, expiry: Expiry) => Promise<void>): Promise<void> {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path, { segmentBytes: 4000 });
  for (let day = 1; day <= 30; day += 1)
    await trail.audit.record(testRecord(`d${day}`, { eventTime: `2026-11-${String(day).padStart(2, "0")}T00:00:00Z` }));
  trail.clock.advance(20 * 86_400_000);
  await trail.audit.catchUp();
  const anchor = await trail.audit.ledger.anchor(trail.clock.now());
  const expiry = { now: trail.clock.now(), before: BEFORE, anchor, delivered: undefined };
  await run(trail, join(folder.path, "audit"), expiry);
  await trail.close();
  folder.remove();
}

const daysOf = async ({ audit }: TestTrail) =>
  (await audit.lookup(HERE)).items.map(({ eventID }) => Number(eventID.slice(1))).sort((a, b) => a - b);

const findingsIn = async (folder: string, anchor?: Expiry["anchor"]) =>
  (await verifyLedger(openLedger(folder, testKey()), anchor)).flatMap(({ findings }) => findings);

test("whole segments of nothing but old records go, and the chain that is left proves itself", async () => {
  await month(async (trail, folder, expiry) => {
    const all = segmentNumbers(folder, "w0");
    const gone = await trail.audit.expireSegments(expiry);
    assert.ok(gone > 1, `${gone} of ${all.length}`);
    assert.deepEqual(segmentNumbers(folder, "w0"), all.slice(gone));
    const left = await daysOf(trail);
    assert.ok((left[0] ?? 0) <= 10, "a record of the day itself is kept, with those that share its segment");
    assert.deepEqual(
      left,
      Array.from({ length: left.length }, (_, i) => 31 - left.length + i),
      "and none in between",
    );
    assert.deepEqual(await findingsIn(folder, expiry.anchor), []);
    const [chain] = await verifyLedger(openLedger(folder, testKey()));
    assert.equal(chain?.begin?.segment, gone + 1);
    const [report] = await verifyTrail(folder, testKey());
    assert.equal(report?.damage, undefined);
    assert.equal(report?.records, left.length);
    assert.equal(await trail.audit.expireSegments(expiry), 0, "a second time there is nothing to do");
    const lines: string[] = [];
    const filter = { from: null, to: null, account: null };
    for await (const line of exportTrail(openLedger(folder, testKey()), filter, trail.clock.now())) lines.push(line);
    assert.equal(lines.filter((line) => line.includes('"record"')).length, left.length);
    const told = await checkExport(
      (async function* () {
        yield* lines;
      })(),
    );
    assert.deepEqual(told.findings, []);
  });
});

test("the log goes on, is opened again, and its index is made anew from where it begins", async () => {
  await month(async (trail, folder, expiry) => {
    await trail.audit.expireSegments(expiry);
    await trail.audit.record(testRecord("d31", { eventTime: "2026-12-01T00:00:00Z" }));
    const left = await daysOf(trail);
    assert.equal(left.at(-1), 31);
    await trail.close();
    const again = await rebuiltTrail(folder, { segmentBytes: 4000 });
    assert.deepEqual(await daysOf(again), left);
    await again.close();
  });
});

test("what somebody needs yet stays: the index, a trail, a first record, an anchor", async () => {
  await month(async (trail, folder, expiry) => {
    const all = segmentNumbers(folder, "w0").length;
    const place = { slot: "w0", segment: 2, offset: 48, frame: 0, hash: "" };
    const [head] = expiry.anchor.slots;
    assert.ok(head);
    const old = { ...expiry.anchor, slots: [{ ...head, segment: 2 }] };
    assert.equal(await trail.audit.expireSegments({ ...expiry, delivered: [] }), 0);
    assert.equal(await trail.audit.expireSegments({ ...expiry, anchor: { ...expiry.anchor, slots: [] } }), 0);
    await trail.state.write((tx) =>
      tx.run("INSERT INTO audit_outbox (event_id, slot, segment, record) VALUES ('x', 'w0', 1, '{}')"),
    );
    assert.equal(await trail.audit.expireSegments(expiry), 0);
    await trail.state.write((tx) => tx.run("DELETE FROM audit_outbox"));
    await trail.index.write((tx) => tx.run("UPDATE cursors SET segment = 1"));
    assert.equal(await trail.audit.expireSegments(expiry), 0);
    await trail.index.write((tx) => tx.run("UPDATE cursors SET segment = ?", all));
    assert.equal(await trail.audit.expireSegments({ ...expiry, delivered: [place] }), 1);
    assert.equal(await trail.audit.expireSegments({ ...expiry, anchor: old }), 0);
    assert.ok((await trail.audit.expireSegments(expiry)) > 0);
    const rest = { ...expiry, before: new Date(UNBOUND / 2) };
    await trail.audit.expireSegments(rest).catch(() => undefined);
    assert.ok(segmentNumbers(folder, "w0").length >= 2, "the two newest always stay");
    assert.deepEqual(await findingsIn(folder), []);
  });
});

test("killed after any step, the next run ends what was begun, and nothing in between is wrong", async () => {
  await month(async (trail, folder, expiry) => {
    const before = join(folder, "..", "before");
    cpSync(folder, before, { recursive: true });
    const gone = await trail.audit.expireSegments(expiry);
    const begin = readFileSync(join(folder, "w0", "begin.json"));
    await trail.close();
    for (let deleted = 0; deleted <= gone; deleted += 1) {
      const here = join(folder, "..", `killed-${deleted}`);
      cpSync(before, join(here, "audit"), { recursive: true });
      writeFileSync(join(here, "audit", "w0", "begin.json"), begin);
      const old = segmentNumbers(join(here, "audit"), "w0").slice(0, deleted);
      for (const segment of old) rmSync(join(here, "audit", "w0", `${String(segment).padStart(10, "0")}.seg`));
      assert.deepEqual(await findingsIn(join(here, "audit"), expiry.anchor), []);
      const again = await openTestTrail(here, { segmentBytes: 4000 });
      again.clock.advance(20 * 86_400_000);
      await again.audit.catchUp();
      assert.equal(await again.audit.expireSegments(expiry), gone - deleted);
      await again.close();
    }
  });
});

test("a chain that is damaged where it would be cut is left alone, and a beginning that nobody signed is none", async () => {
  await month(async (trail, folder, expiry) => {
    const path = join(folder, "w0", "0000000001.seg");
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed[200] = (changed[200] ?? 0) ^ 1;
    writeFileSync(path, changed);
    await assert.rejects(trail.audit.expireSegments(expiry), /slot w0, segment 1/);
    assert.equal(existsSync(join(folder, "w0", "begin.json")), false);
    writeFileSync(path, whole);
    await trail.audit.expireSegments(expiry);
    const begin = join(folder, "w0", "begin.json");
    writeFileSync(begin, readFileSync(begin, "utf8").replace(/"segment": (\d+)/, '"segment": 1$1'));
    assert.match((await findingsIn(folder)).join(), /slot w0, segment 1, frame 0: the segment is missing/);
  });
});

test("look-ups pass over what expired before the index forgot it", async () => {
  await month(async (trail, _folder, expiry) => {
    const [oldest] = await daysOf(trail);
    assert.equal(oldest, 1);
    await trail.audit.expireSegments(expiry);
    const named = { ...HERE, attribute: { key: "EventId", value: "d1" } } as const;
    assert.deepEqual((await trail.audit.lookup(named)).items, []);
    await trail.audit.forgetOldEvents(30 * 86_400_000);
    assert.deepEqual((await trail.audit.lookup(named)).items, []);
    assert.ok((await daysOf(trail)).includes(30));
  });
});
