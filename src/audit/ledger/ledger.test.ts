import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { testFolder } from "../../store/testing.js";
import { openTestTrail, testKey, testRecord } from "../testing.js";
import { isAnchor } from "./anchor.js";
import { checkExport } from "./check-export.js";
import { exportTrail } from "./export.js";
import { openLedger } from "./ledger.js";
import type { Filter } from "./page.js";
import { LedgerSigner } from "./signed.js";
import { verifyLedger } from "./verify-ledger.js";

const NOW = new Date("2026-11-21T12:00:00Z");
const ALL: Filter = { from: null, to: null, account: null };

/** Two slots of several segments, closed; an older copy of the folder, from before the last records. */
async function written(run: (trail: string, older: string) => Promise<void>) {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path, { segmentBytes: 6000 });
  const other = await trail.open("w1");
  const record = async (from: number, to: number) => {
    for (let n = from; n < to; n += 1) {
      await trail.audit.record(testRecord(`a${n}`, { eventTime: `2026-11-21T09:00:${String(n).padStart(2, "0")}Z` }));
      await other.record(testRecord(`b${n}`, { recipientAccountId: "444455556666" }));
    }
  };
  await record(0, 15);
  cpSync(join(folder.path, "audit"), join(folder.path, "older"), { recursive: true });
  await record(15, 30);
  await trail.close();
  await run(join(folder.path, "audit"), join(folder.path, "older"));
  folder.remove();
}

const segment = (trail: string, slot: string, number: number) => join(trail, slot, `000000000${number}.seg`);

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

async function linesOf(trail: string, filter = ALL): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportTrail(openLedger(trail, testKey()), filter, NOW)) lines.push(line);
  return lines;
}

async function* each(lines: readonly string[]) {
  yield* lines;
}

test("what was changed after an anchor is found and named", async () => {
  const changes: Record<string, [RegExp, (trail: string, older: string) => void]> = {
    "a flipped byte": [/slot w0, segment 2, frame 0/, (trail) => flip(segment(trail, "w0", 2), 300)],
    "a cut segment": [
      /slot w0, segment 2, frame \d+/,
      (trail) => writeFileSync(segment(trail, "w0", 2), readFileSync(segment(trail, "w0", 2)).subarray(0, 2000)),
    ],
    "two exchanged segments": [
      /slot w0, segment 2, frame 0: its header is wrong/,
      (trail) => {
        renameSync(segment(trail, "w0", 2), join(trail, "kept"));
        renameSync(segment(trail, "w0", 3), segment(trail, "w0", 2));
        renameSync(join(trail, "kept"), segment(trail, "w0", 3));
      },
    ],
    "a deleted segment": [
      /slot w0, segment 2, frame 0: the segment is missing/,
      (trail) => rmSync(segment(trail, "w0", 2)),
    ],
    "an older copy": [
      /slot w1: cut off or rolled back: it ends at segment \d+, frame \d+, and the anchor knows it up to segment \d+/,
      (trail, older) => {
        rmSync(trail, { recursive: true });
        cpSync(older, trail, { recursive: true });
      },
    ],
    "a deleted slot": [
      /slot w1 is gone: the anchor knows it up to segment \d+/,
      (trail) => rmSync(join(trail, "w1"), { recursive: true }),
    ],
    "cut with its mark": [
      /slot w0: cut off or rolled back/,
      (trail) => {
        rmSync(join(trail, "w0", "flushed"));
        for (const name of readdirSync(join(trail, "w0")).slice(2)) rmSync(join(trail, "w0", name));
      },
    ],
  };
  await written(async (trail, older) => {
    const anchor = await openLedger(trail, testKey()).anchor(NOW);
    assert.deepEqual(
      anchor.slots.map((head) => head.slot),
      ["w0", "w1"],
    );
    for (const [what, [expected, change]] of Object.entries(changes)) {
      const changed = `${trail}-${what}`;
      cpSync(trail, changed, { recursive: true });
      const ledger = openLedger(changed, testKey());
      const whole = await verifyLedger(ledger, anchor);
      assert.deepEqual(
        whole.map(({ records, findings }) => [records, findings]),
        [
          [30, []],
          [30, []],
        ],
      );
      change(changed, older);
      const found = (await verifyLedger(ledger, anchor)).flatMap((report) => report.findings);
      assert.ok(
        found.some((finding) => expected.test(finding)),
        `${what}: ${found.join("; ") || "nothing found"}`,
      );
    }
  });
});

test("a chain that was written anew, with the same key, is not the one that was anchored", async () => {
  await written(async (trail) => {
    const anchor = await openLedger(trail, testKey()).anchor(NOW);
    await written(async (another) => {
      const found = (await verifyLedger(openLedger(another, testKey()), anchor)).flatMap((report) => report.findings);
      assert.equal(found.length, 2);
      assert.match(found[0] ?? "", /slot w0, segment \d+, frame \d+: replaced/);
    });
  });
});

test("an anchor grows old and stays true; a changed or foreign one is none", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.audit.record(testRecord("a"));
  const anchor = await trail.audit.ledger.anchor(NOW);
  await trail.audit.record(testRecord("b"));
  const [report] = await verifyLedger(trail.audit.ledger, anchor);
  assert.deepEqual([report?.records, report?.findings], [2, []]);
  assert.ok(isAnchor(JSON.parse(JSON.stringify(anchor))));
  assert.equal(isAnchor({ ...anchor, time: "2026-11-22T00:00:00.000Z" }), false);
  for (const wrong of [null, 1, {}, { ...anchor, slots: [1] }, { ...anchor, signature: "00" }])
    assert.equal(isAnchor(wrong), false);
  assert.equal(new LedgerSigner(testKey(9)).isOurs(anchor), false);
  assert.equal(new LedgerSigner(testKey()).isOurs(anchor), true);
  await trail.close();
  folder.remove();
});

test("an export gives what was asked for, and proves it without a key", async () => {
  await written(async (trail) => {
    const ledger = openLedger(trail, testKey());
    const kept = await ledger.anchor(NOW);
    const whole = await checkExport(each(await linesOf(trail)), kept);
    assert.deepEqual([whole.records, whole.findings, whole.publicKey], [60, [], ledger.publicKey]);
    const filter = { from: "2026-11-21T09:00:03Z", to: "2026-11-21T09:00:05Z", account: "111122223333" };
    const lines = await linesOf(trail, filter);
    const part = await checkExport(each(lines));
    assert.deepEqual([part.records, part.findings], [3, []]);
    const ids = lines.filter((line) => line.startsWith('{"slot"')).map((line) => JSON.parse(line).record.eventID);
    assert.deepEqual(ids, ["a3", "a4", "a5"]);
  });
});

test("an export that was changed anywhere is refused with its line", async () => {
  await written(async (trail) => {
    const lines = await linesOf(trail);
    const at = lines.findIndex((line) => line.includes('"b7"'));
    const page = lines.findIndex((line) => line.startsWith('{"kind":"page"'));
    const changes: [string, string[]][] = [
      ["a record taken out", lines.toSpliced(at, 1)],
      ["a record changed", lines.with(at, (lines[at] ?? "").replace("GenerateDataKey", "Encrypt"))],
      ["a record put in", lines.toSpliced(at, 0, lines[at] ?? "")],
      ["a page taken out", lines.toSpliced(2, page - 1)],
      ["cut off", lines.slice(0, -1)],
      ["another question", lines.with(0, (lines[0] ?? "").replace('"account":null', '"account":"1"'))],
      ["no anchor", lines.toSpliced(1, 1)],
      ["no JSON", lines.with(at, "{")],
    ];
    for (const [what, changed] of changes) {
      const { findings } = await checkExport(each(changed));
      assert.ok(findings.length > 0, what);
      assert.match(findings[0] ?? "", /^line \d+: /, what);
    }
    const foreign = await openLedger(trail, testKey(9)).anchor(NOW);
    const { findings } = await checkExport(each(lines), foreign);
    assert.match(findings.join("\n"), /signed with another key than the anchor that was kept/);
  });
});

test("a damaged trail is not exported", async () => {
  await written(async (trail) => {
    flip(segment(trail, "w1", 1), 400);
    await assert.rejects(linesOf(trail), /slot w1, segment 1, frame 0/);
  });
});
