import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SealingKey } from "../../crypto/index.js";
import { segmentPath } from "../frame.js";
import { checkExport, exportTrail, LedgerSigner, openLedger, verifyLedger } from "../ledger/index.js";
import { describeSegment } from "../segment-file.js";
import { readSegment } from "../segments.js";
import { idsInTrail, openTestTrail, type TestTrail, testKey } from "../testing.js";
import { verifyTrail } from "../verify.js";
import { DAY, month, packAll, packable } from "./testing.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };
const KEY = SealingKey.of(testKey());

const idsOf = async ({ audit }: TestTrail) => (await audit.lookup(HERE)).items.map(({ eventID }) => eventID);
const findingsIn = async (folder: string) =>
  (await verifyLedger(openLedger(folder, testKey()))).flatMap(({ findings }) => findings);
const bytesOf = (folder: string) =>
  new Map(packable(folder).map((segment) => [segment, readFileSync(segmentPath(folder, { slot: "w0", segment }))]));

test("packed segments are smaller, give the same bytes, and everything reads them as before", async () => {
  await month(async (trail, folder) => {
    const [plain, ids, records] = [bytesOf(folder), await idsOf(trail), idsInTrail(join(folder, ".."))];
    const anchor = await trail.audit.ledger.anchor(trail.clock.now());
    assert.deepEqual(await packAll(trail), [...plain.keys()]);
    assert.ok(plain.size > 2);
    for (const [segment, bytes] of plain) {
      const place = { slot: "w0", segment };
      assert.ok(statSync(segmentPath(folder, place)).size < bytes.length / 2);
      assert.equal(statSync(segmentPath(folder, place)).mode & 0o077, 0);
      assert.deepEqual(describeSegment(folder, place), { isPacked: true, bytes: bytes.length });
      assert.deepEqual(readSegment(KEY, folder, place), { bytes, wholeBytes: bytes.length });
    }
    assert.deepEqual(await idsOf(trail), ids);
    assert.deepEqual(idsInTrail(join(folder, "..")), records);
    assert.equal((await verifyTrail(folder, testKey()))[0]?.records, 30);
    assert.deepEqual((await verifyLedger(trail.audit.ledger, anchor))[0]?.findings, []);
    const lines: string[] = [];
    const filter = { from: null, to: null, account: null };
    for await (const line of exportTrail(trail.audit.ledger, filter, trail.clock.now())) lines.push(line);
    const told = await checkExport(
      (async function* () {
        yield* lines;
      })(),
      anchor,
    );
    assert.deepEqual([told.records, told.findings], [30, []]);
    const slice = await trail.audit.readOn([], 1000);
    assert.deepEqual(
      slice.records.map(({ eventID }) => eventID),
      records,
    );
    assert.deepEqual(await packAll(trail), [], "a second time there is nothing to do");
  });
});

test("an index is made anew from packed segments, and a log that they belong to goes on", async () => {
  await month(async (trail, folder) => {
    const ids = await idsOf(trail);
    await packAll(trail);
    await trail.close();
    const copy = join(folder, "..", "rebuilt");
    cpSync(folder, join(copy, "audit"), { recursive: true });
    const again = await openTestTrail(copy, { segmentBytes: 4000 });
    again.clock.advance(20 * 86_400_000);
    assert.deepEqual(await idsOf(again), ids);
    await again.close();
  });
});

test("what is young, newest or accepted as damaged stays as it was written", async () => {
  await month(async (trail, folder) => {
    const plain = bytesOf(folder);
    assert.deepEqual(await packAll(trail, new Date(DAY(1))), []);
    const some = await packAll(trail, new Date(DAY(12)));
    assert.ok(some.length > 0 && some.length < plain.size, String(some));
    for (const [segment, bytes] of plain) {
      const now = readFileSync(segmentPath(folder, { slot: "w0", segment }));
      assert.equal(now.equals(bytes), !some.includes(segment));
    }
    const kept = join(folder, "..", "kept");
    cpSync(folder, join(kept, "audit"), { recursive: true });
    const acceptance = {
      format: "strongroom-accepted-damage/1",
      slot: "w0",
      segment: 9,
      offset: 48,
      frame: 0,
    } as const;
    const rest = { hash: "", damage: "", reason: "", time: "", next: "w0-2" };
    const signed = new LedgerSigner(testKey()).sign({ ...acceptance, ...rest });
    writeFileSync(join(folder, "w0", "accepted.json"), JSON.stringify(signed));
    assert.deepEqual(await packAll(trail), []);
  });
});

test("killed at any step, either the old file or the new one is read, and the next run goes on", async () => {
  await month(async (trail, folder) => {
    const before = join(folder, "..", "before");
    const [ids, numbers] = [await idsOf(trail), packable(folder)];
    cpSync(folder, before, { recursive: true });
    await packAll(trail);
    await trail.close();
    const path = segmentPath(folder, { slot: "w0", segment: 1 });
    const packed = readFileSync(path);
    const steps: [string, (folder: string) => void][] = [
      ["nothing written", (here) => writeFileSync(`${segmentPath(here, { slot: "w0", segment: 1 })}.new`, "")],
      [
        "half written",
        (here) => writeFileSync(`${segmentPath(here, { slot: "w0", segment: 1 })}.new`, packed.subarray(0, 300)),
      ],
      ["all written", (here) => writeFileSync(`${segmentPath(here, { slot: "w0", segment: 1 })}.new`, packed)],
      ["renamed", (here) => writeFileSync(segmentPath(here, { slot: "w0", segment: 1 }), packed)],
    ];
    for (const [step, kill] of steps) {
      const here = join(folder, "..", step);
      cpSync(before, join(here, "audit"), { recursive: true });
      kill(join(here, "audit"));
      assert.deepEqual(await findingsIn(join(here, "audit")), [], step);
      const again = await openTestTrail(here, { segmentBytes: 4000 });
      again.clock.advance(20 * 86_400_000);
      assert.deepEqual(await idsOf(again), ids, step);
      assert.deepEqual(await packAll(again), step === "renamed" ? numbers.slice(1) : numbers);
      assert.deepEqual(await idsOf(again), ids, step);
      assert.equal(
        readdirSync(join(here, "audit", "w0")).some((name) => name.endsWith(".new")),
        false,
      );
      await again.close();
    }
  });
});

test("a segment that is damaged is not packed, and nothing beside it is lost", async () => {
  await month(async (trail, folder) => {
    const path = segmentPath(folder, { slot: "w0", segment: 2 });
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const packed = await packAll(trail);
    assert.ok(packed.includes(1) && !packed.includes(2), String(packed));
    assert.deepEqual(readFileSync(path), bytes);
    assert.match((await findingsIn(folder)).join(), /slot w0, segment 2, frame \d+: it does not open/);
    assert.equal(existsSync(`${path}.new`), false);
  });
});

test("packed segments expire like others, and one that expires while it is packed stays gone", async () => {
  await month(async (trail, folder) => {
    await packAll(trail, new Date(DAY(12)));
    const now = trail.clock.now();
    const anchor = await trail.audit.ledger.anchor(now);
    const expiry = { now, before: new Date(DAY(8)), anchor, delivered: undefined };
    const plain = packable(folder);
    const packing = trail.audit.packNext(now);
    const gone = await trail.audit.expireSegments(expiry);
    assert.ok(gone > 0);
    await packing;
    await packAll(trail);
    assert.deepEqual(packable(folder), plain.slice(gone));
    assert.deepEqual(await findingsIn(folder), []);
    assert.equal(existsSync(segmentPath(folder, { slot: "w0", segment: 1 })), false);
  });
});

test("a log whose last segment is packed has lost the ones behind it, and does not go on", async () => {
  await month(async (trail, folder) => {
    const newest = packable(folder).at(-1) ?? 0;
    await packAll(trail);
    await trail.close();
    for (const number of [1, 2]) rmSync(segmentPath(folder, { slot: "w0", segment: newest + number }));
    truncateSync(join(folder, "w0", "flushed"), 0);
    rmSync(join(folder, "..", "audit.db"));
    const bytes = readFileSync(segmentPath(folder, { slot: "w0", segment: newest }));
    await assert.rejects(openTestTrail(join(folder, "..")), new RegExp(`segment ${newest + 1}, .*missing`));
    assert.deepEqual(readFileSync(segmentPath(folder, { slot: "w0", segment: newest })), bytes);
  });
});
