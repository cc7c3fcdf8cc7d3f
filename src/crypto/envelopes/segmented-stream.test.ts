import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, SeededEntropy, utf8 } from "../../base/index.js";
import { assertEveryChangeIsFound, readGolden, testKey } from "../testing.js";
import {
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  STREAM_HEADER_BYTES,
  sealedStreamBytes,
  segmentRange,
} from "./segment-layout.js";
import { SegmentOpener } from "./segment-opener.js";
import { SegmentSealer } from "./segment-sealer.js";

const KEY = testKey(4);
const OWNER = utf8("bucket/key/version");
const isBroken = { name: "BrokenSeal" };
/** Around every edge of a segment. */
const SIZES = [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES, 2 * SEGMENT_BYTES + 5];

function bytesOf(count: number): Buffer {
  return Buffer.alloc(count, new SeededEntropy(count + 1).bytes(251));
}

function sealAll(plaintext: Buffer, chunkBytes = plaintext.length || 1): Buffer {
  const sealer = new SegmentSealer(KEY, OWNER);
  const out: Buffer[] = [];
  for (let at = 0; at < plaintext.length; at += chunkBytes)
    out.push(...sealer.push(plaintext.subarray(at, at + chunkBytes)));
  out.push(...sealer.end());
  assert.equal(sealer.plaintextBytes, plaintext.length);
  return Buffer.concat(out);
}

function openAll(stream: Buffer, plaintextBytes: number, owner = OWNER, key = KEY): Buffer {
  const opener = SegmentOpener.of(key, owner, stream.subarray(0, STREAM_HEADER_BYTES), plaintextBytes);
  return Buffer.concat(opener.openRun(0, stream.subarray(STREAM_HEADER_BYTES)));
}

test("streams of every length around the edges open, whatever the chunks they came in", () => {
  for (const size of SIZES) {
    const plaintext = bytesOf(size);
    for (const chunkBytes of [1000, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES]) {
      const stream = sealAll(plaintext, chunkBytes);
      assert.equal(stream.length, sealedStreamBytes(size));
      assert.ok(openAll(stream, size).equals(plaintext), `${size} bytes in chunks of ${chunkBytes}`);
    }
  }
});

test("a chunk may be changed by its owner after push", () => {
  const chunk = bytesOf(100);
  const sealer = new SegmentSealer(KEY, OWNER);
  const out = sealer.push(chunk);
  chunk.fill(0);
  assert.deepEqual(openAll(Buffer.concat([...out, ...sealer.end()]), 100), bytesOf(100));
});

test("a range reads only its segments and gives its bytes", () => {
  const size = 3 * SEGMENT_BYTES + 77;
  const plaintext = bytesOf(size);
  const stream = sealAll(plaintext);
  const opener = SegmentOpener.of(KEY, OWNER, stream.subarray(0, STREAM_HEADER_BYTES), size);
  const edges = [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES, size - 1, size];
  for (const from of edges) {
    for (const to of edges.filter((edge) => edge > from)) {
      const range = segmentRange(from, to - from, size);
      const sealed = stream.subarray(range.sealedOffset, range.sealedOffset + range.sealedBytes);
      const opened = Buffer.concat(opener.openRun(range.firstSegment, sealed)).subarray(range.skipBytes);
      assert.ok(opened.subarray(0, to - from).equals(plaintext.subarray(from, to)), `${from} to ${to}`);
      assert.equal(range.lastSegment, Math.floor((to - 1) / SEGMENT_BYTES));
    }
  }
});

test("the range of an empty plaintext is its one empty segment", () => {
  const range = segmentRange(0, 0, 0);
  assert.deepEqual(range, { firstSegment: 0, lastSegment: 0, sealedOffset: 40, sealedBytes: 16, skipBytes: 0 });
  assert.throws(() => segmentRange(0, 1, 0), { name: "BrokenNeed" });
  assert.throws(() => segmentRange(5, 6, 10), { name: "BrokenNeed" });
});

test("every changed bit and every cut of a small stream is found", () => {
  const stream = sealAll(bytesOf(20));
  assertEveryChangeIsFound(stream, (changed) => openAll(changed, 20));
});

test("a changed byte anywhere in a long stream is found", () => {
  const size = 2 * SEGMENT_BYTES + 9;
  const stream = sealAll(bytesOf(size));
  for (const at of [
    STREAM_HEADER_BYTES,
    SEGMENT_BYTES,
    STREAM_HEADER_BYTES + SEALED_SEGMENT_BYTES,
    stream.length - 20,
  ]) {
    const changed = Buffer.from(stream);
    changed[at]! ^= 0x80;
    assert.throws(() => openAll(changed, size), isBroken);
  }
});

test("another owner, another key and another stream's header do not open", () => {
  const [a, b] = [sealAll(bytesOf(50)), sealAll(bytesOf(50))];
  assert.throws(() => openAll(a, 50, utf8("bucket/key/another version")), isBroken);
  assert.throws(() => openAll(a, 50, OWNER, testKey(5)), isBroken);
  assert.throws(() => openAll(Buffer.concat([b.subarray(0, 40), a.subarray(40)]), 50), isBroken);
});

test("segments cannot be swapped, repeated, left out or added", () => {
  const size = 3 * SEGMENT_BYTES;
  const stream = sealAll(bytesOf(size));
  const header = stream.subarray(0, STREAM_HEADER_BYTES);
  const segments = [0, 1, 2].map((index) => {
    const from = STREAM_HEADER_BYTES + index * SEALED_SEGMENT_BYTES;
    return stream.subarray(from, from + SEALED_SEGMENT_BYTES);
  });
  const [first, second, third] = segments as [Buffer, Buffer, Buffer]; // three by construction
  const orders = [
    { segments: [second, first, third], count: 3 },
    { segments: [first, first, third], count: 3 },
    { segments: [first, third], count: 2 },
    { segments: [first, second], count: 2 },
    { segments: [first, second, third, third], count: 4 },
    { segments: [first, second, third, first], count: 3 },
  ];
  for (const order of orders) {
    const forged = Buffer.concat([header, ...order.segments]);
    assert.throws(() => openAll(forged, order.count * SEGMENT_BYTES), isBroken);
  }
});

test("a row that tells a wrong length is found out", () => {
  const stream = sealAll(bytesOf(SEGMENT_BYTES + 10));
  for (const wrong of [0, 10, SEGMENT_BYTES, SEGMENT_BYTES + 9, SEGMENT_BYTES + 11, 2 * SEGMENT_BYTES + 10]) {
    assert.throws(() => openAll(stream, wrong), isBroken);
  }
});

test("a stream ends once", () => {
  const sealer = new SegmentSealer(KEY, OWNER);
  sealer.end();
  assert.throws(() => sealer.push(Buffer.alloc(1)), { name: "BrokenNeed" });
  assert.throws(() => sealer.end(), { name: "BrokenNeed" });
});

test("the golden streams of every version open", () => {
  for (const { key, owner, stream, plaintext } of readGolden("segmented-stream.json")) {
    const bytes = Buffer.from(stream!, "hex");
    const opened = openAll(bytes, plaintext!.length / 2, Buffer.from(owner!, "hex"), testKey(Number(key)));
    assert.equal(hex(opened), plaintext);
  }
});
