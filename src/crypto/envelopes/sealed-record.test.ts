import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, utf8 } from "../../base/index.js";
import { assertEveryChangeIsFound, readGolden, testKey } from "../testing.js";
import { SEALED_RECORD_OVERHEAD, SealingKey, sealMark } from "./sealed-record.js";

const PLAINTEXT = utf8("one line of a log");
const AAD = utf8("segment 7, line 3");
const isBroken = { name: "BrokenSeal" };

test("a record opens where it belongs, also with another instance of the key", () => {
  const key = new SealingKey(testKey(2));
  const sealed = key.seal(PLAINTEXT, AAD);
  assert.equal(sealed.length, PLAINTEXT.length + SEALED_RECORD_OVERHEAD);
  assert.deepEqual(key.open(sealed, AAD), PLAINTEXT);
  assert.deepEqual(new SealingKey(testKey(2)).open(sealed, AAD), PLAINTEXT);
});

test("every changed bit and every cut is found", () => {
  const key = new SealingKey(testKey(2));
  assertEveryChangeIsFound(key.seal(PLAINTEXT, AAD), (changed) => key.open(changed, AAD));
});

test("another place, another key and a neighbour's tail do not open", () => {
  const key = new SealingKey(testKey(2));
  const [a, b] = [key.seal(PLAINTEXT, AAD), key.seal(PLAINTEXT, AAD)];
  assert.throws(() => key.open(a, utf8("segment 7, line 4")), isBroken);
  assert.throws(() => new SealingKey(testKey(3)).open(a, AAD), isBroken);
  assert.throws(() => key.open(Buffer.concat([a.subarray(0, 21), b.subarray(21)]), AAD), isBroken);
});

test("header and additional data cannot be shifted into each other", () => {
  const key = new SealingKey(testKey(2));
  const sealed = key.seal(PLAINTEXT, Buffer.concat([Buffer.alloc(1), AAD]));
  assert.throws(() => key.open(sealed, AAD), isBroken);
});

test("no two records share salt and count, and no two instances a salt", () => {
  const keys = Array.from({ length: 50 }, () => new SealingKey(testKey(2)));
  const headers = keys.flatMap((key) =>
    Array.from({ length: 20 }, () => hex(key.seal(PLAINTEXT, AAD).subarray(1, 21))),
  );
  assert.equal(new Set(headers).size, 1000);
  assert.equal(new Set(headers.map((header) => header.slice(0, 32))).size, 50);
});

test("a record is made again to the byte by its mark, and by no other mark, key, place or plaintext", () => {
  const key = new SealingKey(testKey(2));
  const [, sealed] = [key.seal(PLAINTEXT, AAD), key.seal(PLAINTEXT, AAD, 3)];
  const mark = sealMark(sealed.subarray(3));
  const again = (with_: SealingKey, of = mark, plaintext = PLAINTEXT, aad = AAD) =>
    with_.sealAgain(of, plaintext, aad, 3).subarray(3);
  const record = sealed.subarray(3);
  assert.deepEqual(again(key), record);
  assert.deepEqual(again(new SealingKey(testKey(2))), record);
  assert.notDeepEqual(again(new SealingKey(testKey(3))), record);
  assert.notDeepEqual(again(key, { ...mark, count: mark.count + 1 }), record);
  assert.notDeepEqual(again(key, { ...mark, salt: Buffer.alloc(16) }), record);
  assert.notDeepEqual(again(key, mark, utf8("one line of a lot")), record);
  assert.notDeepEqual(again(key, mark, PLAINTEXT, utf8("segment 7, line 4")), record);
  assert.deepEqual(hex(key.seal(PLAINTEXT, AAD).subarray(17, 21)), "00000002", "making again counts nothing");
  for (const odd of [Buffer.alloc(0), record.subarray(0, 36), Buffer.concat([Buffer.of(2), record.subarray(1)])])
    assert.throws(() => sealMark(odd), isBroken);
});

test("nothing at all is sealed and authenticated too", () => {
  const key = new SealingKey(testKey(2));
  const sealed = key.seal(Buffer.alloc(0), AAD);
  assert.equal(key.open(sealed, AAD).length, 0);
  assertEveryChangeIsFound(sealed, (changed) => key.open(changed, AAD));
});

test("the golden records of every version open", () => {
  for (const { key, aad, record, plaintext } of readGolden("sealed-record.json")) {
    const opened = new SealingKey(testKey(Number(key))).open(Buffer.from(record!, "hex"), Buffer.from(aad!, "hex"));
    assert.equal(hex(opened), plaintext);
  }
});
