import assert from "node:assert/strict";
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SealingKey } from "../../crypto/index.js";
import { segmentPath } from "../frame.js";
import { checkExport, exportTrail, LedgerSigner, verifyLedger } from "../ledger/index.js";
import { describeSegment } from "../segment-file.js";
import { readSegment } from "../segments.js";
import { idsInTrail, rebuiltTrail, testKey } from "../testing.js";
import { verifyTrail } from "../verify.js";
import { DAY, idsOf, month, packAll, packable } from "./testing.js";

const KEY = SealingKey.of(testKey());

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
    const again = await rebuiltTrail(folder, { segmentBytes: 4000 });
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
