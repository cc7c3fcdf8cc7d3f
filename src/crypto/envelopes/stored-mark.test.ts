import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, SeededEntropy, utf8 } from "../../base/index.js";
import { changesOf, readGolden, testKey } from "../testing.js";
import { STORED_MARK_BYTES, StoredMark } from "./stored-mark.js";

const BYTES = Buffer.from(new SeededEntropy(5).bytes(300_001));

function markOf(bytes: Buffer, chunkBytes = bytes.length || 1, name = "piece", key = 9): string {
  const mark = new StoredMark(testKey(key), utf8(name));
  for (let at = 0; at < bytes.length; at += chunkBytes) mark.update(bytes.subarray(at, at + chunkBytes));
  return hex(mark.end());
}

test("the mark is the same whatever the chunks", () => {
  const whole = markOf(BYTES);
  assert.equal(whole.length, 2 * STORED_MARK_BYTES);
  for (const chunkBytes of [1000, 4096, 65_552, 262_144, 299_999]) assert.equal(markOf(BYTES, chunkBytes), whole);
});

test("every changed bit, every cut and a byte more give another mark; so do another name and another key", () => {
  const bytes = BYTES.subarray(0, 70);
  const right = markOf(bytes);
  for (const { what, changed } of changesOf(bytes)) assert.notEqual(markOf(changed), right, what);
  assert.notEqual(markOf(bytes, 70, "another"), right);
  assert.notEqual(markOf(bytes, 70, "piece", 8), right);
});

test("no bytes have a mark too, and it ends once", () => {
  const mark = new StoredMark(testKey(9), utf8("piece"));
  mark.update(Buffer.alloc(0));
  assert.equal(hex(mark.end()), markOf(Buffer.alloc(0)));
  assert.throws(() => mark.end(), { name: "BrokenNeed" });
  assert.throws(() => mark.update(BYTES), { name: "BrokenNeed" });
  assert.throws(() => new StoredMark(testKey(9), utf8("")), { name: "BrokenNeed" });
});

test("the golden marks of every version are the same today", () => {
  for (const { key, name, bytes, mark } of readGolden("stored-mark.json"))
    assert.equal(markOf(Buffer.from(bytes!, "hex"), 7, name!, Number(key)), mark);
});
