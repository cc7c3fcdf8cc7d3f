import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SealingKey } from "../crypto/index.js";
import { FolderInUse } from "../store/index.js";
import { killAfter, startAcknowledging, testFolder } from "../store/testing.js";
import { TrailDamaged } from "./frame.js";
import { openSlotLog } from "./slot-log.js";
import {
  idsInTrail,
  openTestTrail,
  recordsInTrail,
  type TestTrail,
  testKey,
  testRecord,
  withTrail,
} from "./testing.js";
import { verifyTrail } from "./verify.js";

const RECORDER = fileURLToPath(new URL("./test-recorder.js", import.meta.url));
const FULL_DISK = fileURLToPath(new URL("./test-full-disk.js", import.meta.url));
const HERE = { account: "111122223333", region: "us-east-1" };

async function allIndexed({ audit }: TestTrail): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
    const page = await audit.lookup({ ...HERE, limit: 50, ...(next === undefined ? {} : { next }) });
    found.push(...page.items.map((record) => record.eventID));
    next = page.next;
  }
  return found;
}

/** A trail of some records, closed; then what `change` does to its folder; then what `run` finds. */
async function afterwards(
  names: readonly string[],
  change: (slotFolder: string) => void,
  run: (folder: string) => Promise<void>,
  options: { segmentBytes?: number } = {},
) {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path, options);
  for (const name of names) await trail.audit.record(testRecord(name));
  await trail.close();
  change(join(folder.path, "audit", "w0"));
  await run(folder.path);
  folder.remove();
}

const flip = (file: string, at: number) => {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
};

const inserting = (name: string) => (tx: Parameters<Parameters<TestTrail["state"]["write"]>[0]>[0]) =>
  tx.run("INSERT INTO things VALUES (?)", name);

const outboxRows = async ({ state }: TestTrail) =>
  (await state.read((tx) => tx.all("SELECT event_id FROM audit_outbox ORDER BY event_id LIMIT 100"))).length;

test("what was recorded is in the trail, in order, and nowhere in the clear", async () => {
  const names = Array.from({ length: 30 }, (_, n) => `canary-${n}`);
  await afterwards(
    names,
    (slotFolder) => {
      const bytes = readFileSync(join(slotFolder, "0000000001.seg"));
      assert.equal(bytes.includes("canary"), false);
      assert.equal(bytes.includes("AIDAALICE"), false);
      assert.equal(statSync(join(slotFolder, "0000000001.seg")).mode & 0o077, 0);
    },
    async (folder) => assert.deepEqual(idsInTrail(folder), names),
  );
});

test("records of one turn share a frame", async () => {
  await withTrail(async ({ folder, audit }) => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => audit.record(testRecord(`e${n}`))));
    const [report] = await verifyTrail(join(folder, "audit"), testKey());
    assert.deepEqual(report, { slot: "w0", segments: 1, frames: 1, records: 20, tornBytes: 0 });
  });
});

test("segments roll and the chain goes on", async () => {
  await withTrail(
    async ({ folder, audit }) => {
      for (let n = 0; n < 40; n += 1) await audit.record(testRecord(`e${n}`));
      const [report] = await verifyTrail(join(folder, "audit"), testKey());
      assert.ok((report?.segments ?? 0) >= 4);
      assert.equal(report?.records, 40);
      assert.equal(report?.damage, undefined);
      const page = await audit.lookup({ ...HERE, limit: 50 });
      assert.equal(page.items.length, 40);
    },
    { segmentBytes: 10_000 },
  );
});

test("one process has a slot", async () => {
  await withTrail(async ({ folder }) => {
    const key = SealingKey.of(testKey());
    await assert.rejects(openSlotLog({ folder: join(folder, "audit"), slot: "w0", key }), FolderInUse);
  });
});

test("a slot is checked once it is locked, never while another process may be writing it", async () => {
  await withTrail(async ({ folder }) => {
    let checks = 0;
    const check = async () => {
      checks += 1;
    };
    const key = SealingKey.of(testKey());
    await assert.rejects(openSlotLog({ folder: join(folder, "audit"), slot: "w0", key, check }), FolderInUse);
    assert.equal(checks, 0);
    await (await openSlotLog({ folder: join(folder, "audit"), slot: "w1", key, check })).close();
    assert.equal(checks, 1);
    const refusing = async () => Promise.reject(new Error("cut"));
    await assert.rejects(openSlotLog({ folder: join(folder, "audit"), slot: "w1", key, check: refusing }), /cut/);
    await (await openSlotLog({ folder: join(folder, "audit"), slot: "w1", key })).close();
  });
});

test("a torn tail is cut and the log goes on", async () => {
  for (const cut of [1, 20, 39, 41, 500]) {
    const folder = testFolder();
    const trail = await openTestTrail(folder.path);
    for (const name of ["a", "b"]) await trail.audit.record(testRecord(name));
    await trail.close();
    const segment = join(folder.path, "audit", "w0", "0000000001.seg");
    const whole = readFileSync(segment);
    // A third frame that was never acknowledged: as long as the first, and cut.
    writeFileSync(segment, Buffer.concat([whole, whole.subarray(48, 48 + cut)]));
    const again = await openTestTrail(folder.path);
    assert.equal(statSync(segment).size, whole.length);
    await again.audit.record(testRecord("c"));
    await again.close();
    assert.deepEqual(idsInTrail(folder.path), ["a", "b", "c"]);
    folder.remove();
  }
});

test("zeros ahead of the frames are no tear: the trail is whole while they are there and after a crash", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.audit.record(testRecord("a"));
  const copy = testFolder();
  cpSync(folder.path, copy.path, { recursive: true }); // what a kill would leave
  const segment = join(copy.path, "audit", "w0", "0000000001.seg");
  const ahead = readFileSync(segment);
  assert.ok(ahead.length > 200_000 && ahead.subarray(-100_000).every((byte) => byte === 0), `${ahead.length} bytes`);
  const [report] = await verifyTrail(join(copy.path, "audit"), testKey());
  assert.deepEqual(report, { slot: "w0", segments: 1, frames: 1, records: 1, tornBytes: 0 });
  const again = await openTestTrail(copy.path);
  await again.audit.record(testRecord("b"));
  await again.close();
  assert.deepEqual(idsInTrail(copy.path), ["a", "b"]);
  assert.ok(statSync(segment).size < 10_000, "a closed log ends with its last frame");
  await trail.close();
  for (const each of [folder, copy]) each.remove();
});

test("a segment that was being begun is begun again", async () => {
  for (const begun of [Buffer.alloc(0), Buffer.from("SRTRAIL"), Buffer.alloc(48, 1)]) {
    await afterwards(
      ["a", "b"],
      (slotFolder) => writeFileSync(join(slotFolder, "0000000002.seg"), begun),
      async (folder) => {
        const again = await openTestTrail(folder);
        await again.audit.record(testRecord("c"));
        await again.close();
        assert.deepEqual(idsInTrail(folder), ["a", "b", "c"]);
      },
    );
  }
});

test("a changed bit anywhere in what was acknowledged is an error that names segment and frame", async () => {
  await afterwards(
    ["a", "b", "c"],
    () => {},
    async (path) => {
      const folder = join(path, "audit");
      const segment = join(folder, "w0", "0000000001.seg");
      const whole = readFileSync(segment);
      const [size, frame] = [whole.length, (whole.length - 48) / 3];
      const places = [
        0,
        8,
        11,
        12,
        20,
        47,
        48,
        50,
        51,
        55,
        56,
        90,
        48 + frame,
        248 + frame,
        size - frame + 1,
        size - 1,
      ];
      for (const at of places) {
        flip(segment, at);
        const opening = openSlotLog({ folder, slot: "w0", key: SealingKey.of(testKey()) });
        await assert.rejects(opening, TrailDamaged, `byte ${at}`);
        const [report] = await verifyTrail(folder, testKey());
        assert.match(report?.damage ?? "none", /slot w0, segment 1, frame \d/, `byte ${at}`);
        assert.equal(readFileSync(segment).length, size, "what is damaged is not cut");
        writeFileSync(segment, whole);
      }
    },
  );
});

test("a cut, a lost, an exchanged or an emptied segment is damage", async () => {
  const names = Array.from({ length: 40 }, (_, n) => `e${n}`);
  const segment = (slotFolder: string, number: number) => join(slotFolder, `000000000${number}.seg`);
  const last = (slotFolder: string) => readdirSync(slotFolder).filter((name) => name.endsWith(".seg")).length;
  const changes: Record<string, (slotFolder: string) => void> = {
    cut: (at) => truncateSync(segment(at, 2), statSync(segment(at, 2)).size - 1),
    emptied: (at) => truncateSync(segment(at, 2), 0),
    lost: (at) => unlinkSync(segment(at, 2)),
    "first lost": (at) => unlinkSync(segment(at, 1)),
    "last lost": (at) => unlinkSync(segment(at, last(at))),
    exchanged: (at) => {
      const [two, three] = [readFileSync(segment(at, 2)), readFileSync(segment(at, 3))];
      writeFileSync(segment(at, 2), three);
      writeFileSync(segment(at, 3), two);
    },
  };
  await afterwards(
    names,
    () => {},
    async (path) => {
      for (const [what, change] of Object.entries(changes)) {
        const changed = join(path, what);
        cpSync(join(path, "audit"), changed, { recursive: true });
        change(join(changed, "w0"));
        const [report] = await verifyTrail(changed, testKey());
        assert.match(report?.damage ?? "none", /segment \d+, frame \d+/, what);
      }
    },
    { segmentBytes: 10_000 },
  );
});

test("an index that knows more than the log convicts it, even without the mark", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  for (const name of ["a", "b"]) await trail.audit.record(testRecord(name));
  await trail.audit.catchUp();
  await trail.close();
  const slotFolder = join(folder.path, "audit", "w0");
  unlinkSync(join(slotFolder, "flushed"));
  truncateSync(join(slotFolder, "0000000001.seg"), statSync(join(slotFolder, "0000000001.seg")).size - 5);
  await assert.rejects(openTestTrail(folder.path), TrailDamaged);
  folder.remove();
});

test("another key reads nothing", async () => {
  await afterwards(
    ["a"],
    () => {},
    async (folder) => {
      const [report] = await verifyTrail(join(folder, "audit"), testKey(9));
      assert.equal(report?.records, 0);
      assert.match(report?.damage ?? "none", /frame 0/);
    },
  );
});

test("state and first record come together or not at all", async () => {
  await withTrail(async (trail) => {
    const { audit, state } = trail;
    await audit.commit(state, testRecord("good"), inserting("good"));
    assert.equal(await outboxRows(trail), 1);
    const failing = audit.commit(state, testRecord("bad"), async (tx) => {
      await inserting("bad")(tx);
      throw new RangeError("no");
    });
    await assert.rejects(failing, RangeError);
    assert.equal(await outboxRows(trail), 1);
  });
});

test("the first record goes once the final one is there: with the next commit, or after a second", async () => {
  await withTrail(async (trail) => {
    const { audit, state, clock } = trail;
    await audit.commit(state, testRecord("one"), inserting("one"));
    await audit.record(testRecord("one"));
    assert.equal(await outboxRows(trail), 1);
    await audit.commit(state, testRecord("two"), inserting("two"));
    assert.equal(await outboxRows(trail), 1);
    await audit.record(testRecord("two"));
    clock.advance(1000);
    await state.write(async () => {});
    assert.equal(await outboxRows(trail), 0);
  });
});

test("a crash after the commit leaves the first record; one after the record leaves it alone; twice changes nothing", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  const first = (name: string) => testRecord(name, { errorCode: "Unfinished" });
  await trail.audit.commit(trail.state, first("recorded"), inserting("recorded"));
  await trail.audit.commit(trail.state, first("unrecorded"), inserting("unrecorded"));
  // A crash keeps the rows, whatever was recorded: they are put back after an orderly close.
  const rows = await trail.state.read((tx) => tx.all("SELECT * FROM audit_outbox ORDER BY event_id LIMIT 9"));
  await trail.audit.record(testRecord("recorded"));
  await trail.close();
  for (let time = 0; time < 2; time += 1) {
    const crashed = await openTestTrail(folder.path);
    for (const row of rows as Record<string, string>[]) {
      await crashed.state.write((tx) =>
        tx.run(
          "INSERT INTO audit_outbox (event_id, slot, segment, record) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
          row["event_id"]!,
          row["slot"]!,
          row["segment"]!,
          row["record"]!,
        ),
      );
    }
    await crashed.close();
    const recovered = await openTestTrail(folder.path);
    assert.equal(await outboxRows(recovered), 0);
    await recovered.close();
    const records = recordsInTrail(folder.path).map((record) => [record.eventID, record.errorCode]);
    assert.deepEqual(records, [
      ["recorded", undefined],
      ["unrecorded", "Unfinished"],
    ]);
  }
  folder.remove();
});

test("the outbox of a slot that never comes back is settled by whoever opens next", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  const gone = await trail.open("w7");
  await gone.commit(trail.state, testRecord("orphan"), inserting("orphan"));
  await gone.close();
  await trail.close();
  const next = await openTestTrail(folder.path);
  assert.equal(await outboxRows(next), 0);
  assert.deepEqual(
    (await next.audit.lookup({ ...HERE, limit: 10 })).items.map((record) => record.eventID),
    ["orphan"],
  );
  await next.close();
  folder.remove();
});

test("damage in another slot keeps nobody from recording, and is not looked over", async () => {
  const folder = testFolder();
  const trail = await openTestTrail(folder.path);
  const gone = await trail.open("w7");
  await gone.record(testRecord("theirs"));
  await trail.close();
  flip(join(folder.path, "audit", "w7", "0000000001.seg"), 100);
  const next = await openTestTrail(folder.path);
  await next.audit.record(testRecord("mine"));
  await assert.rejects(next.audit.lookup({ ...HERE, limit: 10 }), TrailDamaged);
  const reports = await verifyTrail(join(folder.path, "audit"), testKey());
  assert.deepEqual(
    reports.map((report) => [report.slot, report.damage === undefined]),
    [
      ["w0", true],
      ["w7", false],
    ],
  );
  await next.close();
  folder.remove();
});

test("kill -9 under load: every acknowledged call is in the trail, and every row has its record", async () => {
  const folder = testFolder();
  const acknowledged: string[] = [];
  for (const round of ["a", "b"]) acknowledged.push(...(await killAfter(RECORDER, [folder.path, "w0", round], 500)));
  const trail = await openTestTrail(folder.path);
  const rows = await trail.state.read((tx) =>
    tx.all<{ name: string }>("SELECT name FROM things ORDER BY name LIMIT 99999"),
  );
  const indexed = await allIndexed(trail);
  await trail.close();
  const ids = idsInTrail(folder.path);
  const there = new Set(ids);
  assert.deepEqual(indexed, ids.toReversed(), "each event is indexed once, in the order of the log");
  assert.ok(acknowledged.length >= 1000);
  assert.deepEqual(
    acknowledged.filter((id) => !there.has(id)),
    [],
  );
  const isWhole = (name: string) => there.has(name) && (Number(name.split("-")[1]) % 4 > 0 || there.has(`${name}-use`));
  assert.deepEqual(
    rows.filter((row) => !isWhole(row.name)),
    [],
  );
  assert.equal(ids.length, there.size, "no event is there twice");
  const [report] = await verifyTrail(join(folder.path, "audit"), testKey());
  assert.equal(report?.damage, undefined);
  folder.remove();
});

test("a full disk refuses records, keeps those it acknowledged, and goes on when there is room", async (t) => {
  const folder = testFolder();
  const isolated = ["-Urm", "sh", "-c"];
  const mount = `mount -t tmpfs -o size=1m none ${folder.path}`;
  if (spawnSync("unshare", [...isolated, mount]).status !== 0) return t.skip("needs user namespaces and tmpfs");
  const command = `${mount} && exec ${process.execPath} ${FULL_DISK} ${folder.path}`;
  const run = startAcknowledging("", [...isolated, command], "unshare");
  assert.equal(await run.ended, 0);
  const refused = run.lines.filter((line) => line.startsWith("!"));
  assert.deepEqual(refused, ["! StoreFull", "! StoreFull"]);
  const acknowledged = run.lines.filter((line) => !/^[!?]/.test(line));
  assert.ok(acknowledged.length > 5 && acknowledged.includes("after-2"));
  assert.equal(run.lines.at(-1), `? ${acknowledged.join(" ")}`);
  folder.remove();
});
