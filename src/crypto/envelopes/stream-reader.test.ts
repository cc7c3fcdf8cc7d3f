import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
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
const opened: number[] = [];
after(() => {
  for (const file of opened) closeSync(file);
  rmSync(folder, { recursive: true });
});

function sealed(plaintext: Buffer): Buffer {
  const sealer = new SegmentSealer(KEY, OWNER);
  return Buffer.concat([...sealer.push(plaintext), ...sealer.end()]);
}

function fileOf(bytes: Buffer): number {
  const path = join(folder, String(opened.length));
  writeFileSync(path, bytes);
  const file = openSync(path, "r");
  opened.push(file);
  return file;
}

const reader = (bytes = SIZE, owner = OWNER, key = KEY) => StreamReader.of(key, owner, bytes, make)!;

/** What comes of one run: the plaintext, or the error, and then nothing is left of it. */
async function run(file: number, first: number, bytes: number, of = reader()): Promise<Buffer> {
  const into = Buffer.alloc(bytes, 0xaa);
  await of.read(file, first, into).catch((thrown: unknown) => {
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
    assert.deepEqual(await run(fileOf(sealed(plaintext)), 0, size, reader(size)), plaintext);
  }
});

test("runs may begin at any segment, come in any order and follow each other", { skip }, async () => {
  const file = fileOf(sealed(PLAINTEXT));
  const of = reader();
  const last = await run(file, 3, 77, of);
  const middle = await run(file, 1, 2 * SEGMENT_BYTES, of);
  const first = await run(file, 0, SEGMENT_BYTES, of);
  assert.deepEqual(Buffer.concat([first, middle, last]), PLAINTEXT);
});

test("every changed bit of a small stream is found", { skip }, async () => {
  const stream = sealed(Buffer.alloc(20, 5));
  for (let bit = 0; bit < stream.length * 8; bit++) {
    const changed = Buffer.from(stream);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    await assert.rejects(run(fileOf(changed), 0, 20, reader(20)), isBroken, `bit ${bit}`);
    closeSync(opened.pop()!);
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
  for (const broken of [flipped, swapped, stream.subarray(0, at(3)), stream.subarray(0, 20), Buffer.alloc(0)])
    await assert.rejects(run(fileOf(broken), 0, SIZE), isBroken);
  const file = fileOf(stream);
  await assert.rejects(run(file, 0, SIZE, reader(SIZE, utf8("bucket/key/another"))), isBroken);
  await assert.rejects(run(file, 0, SIZE, reader(SIZE, OWNER, testKey(5))), isBroken);
  await assert.rejects(run(file, 0, SIZE - 77, reader(SIZE - 77)), isBroken, "the last is marked");
  await assert.rejects(run(file, 3, 76, reader(SIZE - 1)), isBroken, "and has its length");
});

test("what is wrong with the file is told", { skip }, async () => {
  const directory = openSync(folder, "r");
  opened.push(directory);
  await assert.rejects(run(directory, 0, SIZE), { code: "EISDIR" });
  await assert.rejects(run(2 ** 30, 0, SIZE), { code: "EBADF" });
});

test("many streams at once each get their own bytes, also where their handles are gone", { skip }, async () => {
  const texts = Array.from({ length: 30 }, (_, nth) => Buffer.alloc(SEGMENT_BYTES + nth + 1, nth));
  const files = texts.map((text) => fileOf(sealed(text)));
  const all = await Promise.all(texts.map((text, nth) => run(files[nth]!, 0, text.length, reader(text.length))));
  assert.deepEqual(all, texts);
});

test("an empty stream and a house without the addon have no such reader", () => {
  assert.equal(StreamReader.of(KEY, OWNER, 0, make), undefined);
  assert.equal(nodePrimitives.stream, undefined);
});

test("the addon refuses what is no stream, no run of it and no second run at once", { skip }, async () => {
  const { key, stream, readRun, hmac } = addon!;
  const wrong = (call: (...given: never[]) => unknown, ...given: unknown[]) =>
    assert.throws(() => Reflect.apply(call, undefined, given), Error);
  const [handle, message, room] = [key(Buffer.alloc(32)), Buffer.alloc(100), Buffer.alloc(SEGMENT_BYTES)];
  const of = stream(handle, message, 60, SIZE);
  for (const none of [undefined, null, 7, "x", {}, [], new Uint16Array(4)]) {
    wrong(stream, none, message, 0, 5);
    wrong(stream, handle, none, 0, 5);
    wrong(readRun, none, 0, 0, room);
    wrong(readRun, of, 0, 0, none);
  }
  wrong(stream, of, message, 0, 5);
  wrong(readRun, handle, 0, 0, room);
  wrong(hmac, of, message, room, 0);
  for (const at of [61, 100, -1, "0", undefined]) wrong(stream, handle, message, at, 5);
  for (const bytes of [0, -1, SEGMENT_BYTES * 2 ** 32 + 1, Number.NaN, "5", undefined])
    wrong(stream, handle, message, 0, bytes);
  for (const file of [-1, "0", undefined]) wrong(readRun, of, file, 0, room);
  for (const first of [4, 2 ** 32 - 1, -1, "0", undefined]) wrong(readRun, of, 0, first, room);
  const lengths: [number, number][] = [
    [0, 0],
    [0, 1],
    [0, SEGMENT_BYTES - 1],
    [0, SIZE + 1],
    [3, 76],
    [3, 78],
    [3, SEGMENT_BYTES],
  ];
  for (const [first, bytes] of lengths) wrong(readRun, of, 0, first, Buffer.alloc(bytes));
  wrong(readRun, stream(handle, message, 0, 2 ** 40), 0, 0, Buffer.alloc(65 * SEGMENT_BYTES));
  wrong(readRun, of, 0, 0);
  const running = readRun(of, 2 ** 30, 0, room);
  wrong(readRun, of, 0, 1, Buffer.alloc(SEGMENT_BYTES));
  assert.ok((await running) > 0);
  assert.ok((await readRun(of, 2 ** 30, 0, room)) > 0);
});
