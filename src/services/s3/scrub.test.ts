import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { HOUR_MS, type LogFields, SECOND_MS, silentLog } from "../../base/index.js";
import { BrokenSeal } from "../../crypto/index.js";
import { testBody } from "../../kit/testing.js";
import { StoreDamaged } from "../../store/index.js";
import { openScrubDesk } from "./scrub-report.js";
import { BUCKET, KEY_ID, s3House } from "./testing.js";

const said: [string, LogFields][] = [];
const PACE = { bytesPerSecond: 1_000_000, everyHours: 24 };
const house = await s3House({
  scrub: PACE,
  log: { ...silentLog, error: (event, fields = {}) => void said.push([event, fields]) },
});
after(() => house.close());
const desk = openScrubDesk(house.database, PACE);
const pathOf = (blob: string) => join(house.folder, "blobs", blob.slice(0, 2), blob);

let nowMs = Date.parse("2026-01-01");
const second = async () => {
  nowMs += SECOND_MS;
  for (const worker of house.service.workers) if (worker.name === "s3.scrub") await worker.run(new Date(nowMs));
};

/** Runs until the round that is due has ended. Returns how many seconds it took. */
async function round(): Promise<number> {
  nowMs += 25 * HOUR_MS;
  let seconds = 0;
  do {
    await second();
    seconds += 1;
  } while ((await desk.report()).state === "running");
  return seconds;
}

async function put(key: string, bytes: number, input: object = {}): Promise<string> {
  const before = new Set(await house.blobNames());
  await house.put(BUCKET, key, Buffer.alloc(bytes, key), input);
  return pathOf((await house.blobNames()).find((name) => !before.has(name)) ?? "");
}

const found = async () =>
  (await desk.report()).damages.map(({ bucket, key, damage }) => `${bucket}/${key} ${damage}`).sort();

const names = ["flipped", "cut", "longer", "gone", "swapped-1", "swapped-2"];
const blobs = new Map<string, string>();

test("everything is read at the pace that is set, without a key and without a call to KMS", async () => {
  for (const name of names)
    blobs.set(name, await put(name, 400_000, { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID }));
  await house.put(BUCKET, "small", "few bytes");
  const calls = house.keys.calls.length;
  const seconds = await round();
  assert.ok(seconds >= 3 && seconds <= 5, `${seconds} seconds for 2.4 MB at 1 MB a second`);
  assert.equal(house.keys.calls.length, calls);
  const report = await desk.report();
  assert.deepEqual([report.state, report.pieces, report.unmarked, report.damages], ["waiting", 7, 0, []]);
  assert.ok(report.bytes > 2_400_000 && report.bytes < 2_500_000, String(report.bytes));
  assert.deepEqual(said, []);
});

test("a round begins when it is time, or when somebody asks, and not before", async () => {
  const { endedAt } = await desk.report();
  nowMs += HOUR_MS;
  await second();
  assert.equal((await desk.report()).endedAt, endedAt);
  assert.equal(await desk.request(new Date(nowMs)), true);
  await second();
  assert.equal((await desk.report()).state, "running");
  await round();
  assert.equal((await desk.report()).state, "waiting");
  assert.equal(await openScrubDesk(house.database, { ...PACE, bytesPerSecond: 0 }).request(new Date(nowMs)), false);
});

test("changed, cut, longer, missing and swapped blobs are found, named to the owner, and by ids in the log", async () => {
  const path = (name: string) => blobs.get(name) ?? "";
  const kept = new Map(names.map((name) => [name, readFileSync(path(name))]));
  const flipped = Buffer.from(kept.get("flipped") ?? "");
  flipped[300_000] = flipped.readUInt8(300_000) ^ 1;
  writeFileSync(path("flipped"), flipped);
  truncateSync(path("cut"), statSync(path("cut")).size - 65_552);
  appendFileSync(path("longer"), "x");
  rmSync(path("gone"));
  renameSync(path("swapped-1"), `${path("swapped-1")}-aside`);
  renameSync(path("swapped-2"), path("swapped-1"));
  renameSync(`${path("swapped-1")}-aside`, path("swapped-2"));
  await round();
  const expected = names.map((name) => `${BUCKET}/${name} ${name === "gone" ? "missing" : "changed"}`).sort();
  assert.deepEqual(await found(), expected);
  assert.equal(said.length, names.length);
  assert.ok(said.every(([event, { body }]) => event === "s3.damaged" && /^[0-9a-f]{32}$/.test(String(body))));
  assert.doesNotMatch(JSON.stringify(said), /flipped|swapped|bucket-of-tests/);

  for (const [name, bytes] of kept) writeFileSync(path(name), bytes);
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "cut" });
  await round();
  assert.deepEqual(await found(), [], "mended, or deleted");
});

test("what a reader finds is in the report at once; a round says whose a damaged part is", async () => {
  const bytes = readFileSync(blobs.get("flipped") ?? "");
  rmSync(blobs.get("flipped") ?? "");
  await assert.rejects(house.get(BUCKET, "flipped"));
  assert.deepEqual(await found(), [`${BUCKET}/flipped missing`]);
  writeFileSync(blobs.get("flipped") ?? "", bytes);
  await round();
  assert.deepEqual(await found(), []);
});

test("blobs of before there were marks are counted, and found when they are gone or shorter", async () => {
  await house.database.write((tx) => tx.run("UPDATE pieces SET mark = NULL"));
  await round();
  const { unmarked, damages } = await desk.report();
  assert.deepEqual([unmarked, damages], [5, []]);
  truncateSync(blobs.get("longer") ?? "", 1000);
  await round();
  assert.deepEqual(await found(), [`${BUCKET}/longer changed`]);
});

test("an emptied row is damage", async () => {
  await house.database.write((tx) => tx.run("UPDATE pieces SET sealed = NULL WHERE sealed IS NOT NULL"));
  await round();
  assert.ok((await found()).includes(`${BUCKET}/small changed`));
});

test("a row that does not open is told of, and hides no other", async (t) => {
  await house.put(BUCKET, "other", "few bytes too");
  const { read } = house.database;
  t.after(() => Object.assign(house.database, { read }));
  const broken = /^SELECT \* FROM pieces +(WHERE|ORDER)/;
  let isFirst = true;
  const breaking = (unit: Parameters<typeof read>[0]) =>
    read.call(house.database, (tx) =>
      unit({
        ...tx,
        all: (sql, ...values) =>
          broken.test(sql) ? Promise.reject(new StoreDamaged("a page")) : tx.all(sql, ...values),
        get: (sql, ...values) => {
          if (!broken.test(sql) || !isFirst) return tx.get(sql, ...values);
          isFirst = false;
          return Promise.reject(new StoreDamaged("a page"));
        },
      }),
    );
  Object.assign(house.database, { read: breaking });
  await round();
  const { damagedTables, pieces } = await desk.report();
  assert.deepEqual(damagedTables, ["pieces"]);
  assert.equal(pieces, 6, "all but the one");
});

test("a broken annotation is found and told by the object that it belongs to, and goes with it", async () => {
  await house.put(BUCKET, "annotated", "x");
  const before = new Set(await house.blobNames());
  const input = { Bucket: BUCKET, Key: "annotated", AnnotationName: "n" };
  await house.call("PutObjectAnnotation", input, { body: testBody([Buffer.alloc(40_000, "a")]) });
  const blob = (await house.blobNames()).find((name) => !before.has(name)) ?? "";
  const told = `${BUCKET}/annotated changed`;
  await round();
  assert.ok(!(await found()).includes(told));
  truncateSync(pathOf(blob), 1000);
  await round();
  assert.ok((await found()).includes(told));
  await assert.rejects(house.call("GetObjectAnnotation", input), BrokenSeal);
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "annotated" });
  await round();
  assert.ok(!(await found()).includes(told));
});
