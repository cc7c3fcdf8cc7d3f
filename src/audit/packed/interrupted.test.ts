import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { segmentPath } from "../frame.js";
import { idsInTrail, openTestTrail } from "../testing.js";
import { DAY, findingsIn, idsOf, month, packAll, packable } from "./testing.js";

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

test("a full disk takes nothing away, leaves nothing beside, and is asked again after an hour", async () => {
  await month(async ({ audit, clock }, folder) => {
    const ids = idsInTrail(join(folder, ".."));
    assert.equal((await audit.packNext(clock.now()))?.segment, 1);
    const path = segmentPath(folder, { slot: "w0", segment: 2 });
    symlinkSync("/dev/full", `${path}.new`);
    await assert.rejects(audit.packNext(clock.now()), { name: "StoreFull" });
    assert.equal(existsSync(`${path}.new`), false);
    assert.equal(await audit.packNext(clock.now()), undefined);
    assert.deepEqual(idsInTrail(join(folder, "..")), ids);
    clock.advance(3_600_000);
    assert.equal((await audit.packNext(clock.now()))?.segment, 2);
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
