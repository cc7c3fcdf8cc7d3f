import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { SeededEntropy, utf8 } from "../../base/index.js";
import { loadAddon } from "../addon.js";
import { addonPrimitives } from "../addon-primitives.js";
import { nodePrimitives } from "../node-primitives.js";
import { testKey } from "../testing.js";
import { SEALED_SEGMENT_BYTES, SEGMENT_BYTES, STREAM_HEADER_BYTES } from "./segment-layout.js";
import { SegmentSealer } from "./segment-sealer.js";
import { StreamReader } from "./stream-reader.js";

const addon = loadAddon();
const skip = addon === undefined && "the addon is not compiled on this machine";
const make = addon && addonPrimitives(addon).stream;
const KEY = testKey(4);
const OWNER = utf8("bucket/key/version");
const isBroken = { name: "BrokenSeal" };
const SIZE = 3 * SEGMENT_BYTES + 77;
const PLAINTEXT = Buffer.alloc(SIZE, new SeededEntropy(1).bytes(251));

const folder = mkdtempSync(join(tmpdir(), "strongroom-stream-"));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function sealed(plaintext: Buffer): Buffer {
  const sealer = new SegmentSealer(KEY, OWNER);
  return Buffer.concat([...sealer.push(plaintext), ...sealer.end()]);
}

function fileOf(bytes: Buffer): string {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return path;
}

const reader = (path: string, bytes = SIZE, owner = OWNER, key = KEY) =>
  StreamReader.of(key, owner, bytes, path, make)!;

const HAS_PROC = process.platform === "linux";

/** How many descriptors of this process are open on that file. */
const holders = (path: string): number =>
  readdirSync("/proc/self/fd").filter((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`).replace(/ \(deleted\)$/, "") === path;
    } catch {
      return false; // the folder's own, gone by now
    }
  }).length;

/** What comes of one run: the plaintext, or the error, and then nothing is left of it. */
async function run(of: StreamReader, first: number, bytes: number): Promise<Buffer> {
  const into = Buffer.alloc(bytes, 0xaa);
  await of.read(first, into).catch((thrown: unknown) => {
    assert.ok(
      into.every((byte) => byte === 0),
      "wiped",
    );
    throw thrown;
  });
  return into;
}

test("streams of every length around the edges are read and opened where they lie", { skip }, async () => {
  for (const size of [1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES, SIZE]) {
    const plaintext = PLAINTEXT.subarray(0, size);
    assert.deepEqual(await run(reader(fileOf(sealed(plaintext)), size), 0, size), plaintext);
  }
});

test("runs may begin at any segment, come in any order and follow each other", { skip }, async () => {
  const of = reader(fileOf(sealed(PLAINTEXT)));
  const last = await run(of, 3, 77);
  const middle = await run(of, 1, 2 * SEGMENT_BYTES);
  const first = await run(of, 0, SEGMENT_BYTES);
  assert.deepEqual(Buffer.concat([first, middle, last]), PLAINTEXT);
});

test("every changed bit of a small stream is found", { skip }, async () => {
  const stream = sealed(Buffer.alloc(20, 5));
  const path = fileOf(stream);
  for (let bit = 0; bit < stream.length * 8; bit++) {
    const changed = Buffer.from(stream);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, changed);
    const of = reader(path, 20);
    await assert.rejects(run(of, 0, 20), isBroken, `bit ${bit}`);
    of.end();
  }
});

test("changed, swapped, cut and foreign streams give nothing of the run", { skip }, async () => {
  const stream = sealed(PLAINTEXT);
  const at = (index: number) => STREAM_HEADER_BYTES + index * SEALED_SEGMENT_BYTES;
  const flipped = Buffer.from(stream);
  flipped[at(2) + 9]! ^= 1;
  const swapped = Buffer.from(stream);
  stream.copy(swapped, at(0), at(1), at(2));
  stream.copy(swapped, at(1), at(0), at(1));
  const short = [
    stream.subarray(0, at(3)),
    stream.subarray(0, stream.length - 1),
    stream.subarray(0, 20),
    Buffer.alloc(0),
  ];
  for (const broken of [flipped, swapped, ...short, Buffer.concat([stream, Buffer.alloc(1)])])
    await assert.rejects(run(reader(fileOf(broken)), 0, SIZE), isBroken);
  const file = fileOf(stream);
  await assert.rejects(run(reader(file, SIZE, utf8("bucket/key/another")), 0, SIZE), isBroken);
  await assert.rejects(run(reader(file, SIZE, OWNER, testKey(5)), 0, SIZE), isBroken);
  await assert.rejects(run(reader(file, SIZE - 1), 3, 76), isBroken, "every file has its stream's length");
  const cut = fileOf(stream.subarray(0, at(3)));
  await assert.rejects(run(reader(cut, SIZE - 77), 0, SIZE - 77), isBroken, "the last is marked");
});

test("what is wrong with the file is told", { skip }, async () => {
  await assert.rejects(run(reader(join(folder, "none")), 0, SIZE), { code: "ENOENT" });
  await assert.rejects(run(reader(join(fileOf(Buffer.alloc(1)), "none")), 0, SIZE), { code: "ENOTDIR" });
  await assert.rejects(run(reader(folder), 0, SIZE), isBroken);
});

test("a file that is cut after it was opened gives nothing of the run", { skip }, async () => {
  const path = fileOf(sealed(PLAINTEXT));
  const of = reader(path);
  await run(of, 0, SEGMENT_BYTES);
  truncateSync(path, STREAM_HEADER_BYTES + 2 * SEALED_SEGMENT_BYTES);
  assert.deepEqual(await run(of, 1, SEGMENT_BYTES), PLAINTEXT.subarray(SEGMENT_BYTES, 2 * SEGMENT_BYTES));
  await assert.rejects(run(of, 2, SEGMENT_BYTES), isBroken);
});

test("a file that is gone meanwhile is read on, and let go of at the end", { skip: skip || !HAS_PROC }, async () => {
  const path = fileOf(sealed(PLAINTEXT));
  const of = reader(path);
  assert.equal(holders(path), 0, "not opened before it is read");
  await run(of, 0, SEGMENT_BYTES);
  assert.equal(holders(path), 1);
  rmSync(path);
  assert.deepEqual(await run(of, 3, 77), PLAINTEXT.subarray(3 * SEGMENT_BYTES));
  const running = run(of, 1, SEGMENT_BYTES);
  of.end();
  assert.equal((await running).length, SEGMENT_BYTES);
  assert.equal(holders(path), 0);
  of.end();
  await assert.rejects(run(of, 0, SEGMENT_BYTES), Error);
  const broken = fileOf(Buffer.alloc(100));
  await assert.rejects(run(reader(broken), 0, SIZE), isBroken);
  assert.equal(holders(broken), 0, "nor is one that was refused");
});

test("many streams at once each get their own bytes, also where their handles are gone", { skip }, async () => {
  const texts = Array.from({ length: 30 }, (_, nth) => Buffer.alloc(SEGMENT_BYTES + nth + 1, nth));
  const all = await Promise.all(texts.map((text) => run(reader(fileOf(sealed(text)), text.length), 0, text.length)));
  assert.deepEqual(all, texts);
});

test("an empty stream and a house without the addon have no such reader", () => {
  assert.equal(StreamReader.of(KEY, OWNER, 0, "file", make), undefined);
  assert.equal(nodePrimitives.stream, undefined);
});

test("the addon refuses what is no stream, no run of it and no second run at once", { skip }, async () => {
  const { key, stream, readRun, endStream, hmac } = addon!;
  const wrong = (call: (...given: never[]) => unknown, ...given: unknown[]) =>
    assert.throws(() => Reflect.apply(call, undefined, given), Error);
  const [handle, message, room] = [key(Buffer.alloc(32)), Buffer.alloc(100), Buffer.alloc(SEGMENT_BYTES)];
  const path = fileOf(sealed(PLAINTEXT));
  const of = stream(handle, message, 60, SIZE, path);
  for (const none of [undefined, null, 7, "x", {}, [], new Uint16Array(4)]) {
    wrong(stream, none, message, 0, 5, path);
    wrong(stream, handle, none, 0, 5, path);
    if (none !== "x") wrong(stream, handle, message, 0, 5, none);
    wrong(readRun, none, 0, room);
    wrong(readRun, of, 0, none);
    wrong(endStream, none);
  }
  wrong(stream, of, message, 0, 5, path);
  wrong(endStream, handle);
  wrong(readRun, handle, 0, room);
  wrong(hmac, of, message, room, 0);
  for (const no of ["", "a\0b", "x".repeat(4096), "x".repeat(10_000), "ü".repeat(2048)])
    wrong(stream, handle, message, 0, 5, no);
  for (const at of [61, 100, -1, "0", undefined]) wrong(stream, handle, message, at, 5, path);
  for (const bytes of [0, -1, SEGMENT_BYTES * 2 ** 32 + 1, Number.NaN, "5", undefined])
    wrong(stream, handle, message, 0, bytes, path);
  for (const first of [4, 2 ** 32 - 1, -1, "0", undefined]) wrong(readRun, of, first, room);
  const lengths: [number, number][] = [
    [0, 0],
    [0, 1],
    [0, SEGMENT_BYTES - 1],
    [0, SIZE + 1],
    [3, 76],
    [3, 78],
    [3, SEGMENT_BYTES],
  ];
  for (const [first, bytes] of lengths) wrong(readRun, of, first, Buffer.alloc(bytes));
  wrong(readRun, stream(handle, message, 0, 2 ** 40, path), 0, Buffer.alloc(65 * SEGMENT_BYTES));
  wrong(readRun, of, 0);
  const running = readRun(of, 0, room);
  wrong(readRun, of, 1, Buffer.alloc(SEGMENT_BYTES));
  assert.equal(await running, -1, "another key");
  assert.equal(await readRun(of, 0, room), -1);
  endStream(of);
  endStream(of);
  wrong(readRun, of, 0, room);
});
