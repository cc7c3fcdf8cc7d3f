import assert from "node:assert/strict";
import { test } from "node:test";
import { asBuffer, base64, equalBytes, hex, lend, letGo, parseBase64, parseHex, utf8 } from "./bytes.js";

test("strict base64 takes what it wrote and refuses what Buffer would guess", () => {
  const bytes = utf8("strong");
  assert.deepEqual(parseBase64(base64(bytes)), bytes);
  assert.deepEqual(parseBase64(""), Buffer.alloc(0));
  for (const wrong of ["abc", "ab=c", "a b=", "====", "ab-_", "abcd\n"])
    assert.equal(parseBase64(wrong), undefined, wrong);
});

test("hex of odd length or with other letters is refused", () => {
  assert.deepEqual(parseHex(hex(utf8("room"))), utf8("room"));
  for (const wrong of ["0", "0g", "0x00", " 00"]) assert.equal(parseHex(wrong), undefined, wrong);
});

test("equal bytes are equal, other bytes and other lengths are not", () => {
  assert.equal(equalBytes(utf8("a"), utf8("a")), true);
  assert.equal(equalBytes(utf8("a"), utf8("b")), false);
  assert.equal(equalBytes(utf8("a"), utf8("ab")), false);
});

test("asBuffer shares the memory", () => {
  const bytes = new Uint8Array([1, 2, 3]).subarray(1);
  asBuffer(bytes)[0] = 9;
  assert.equal(bytes[0], 9);
});

test("what is let go has no bytes any more, where the engine can do it; what lies in shared memory stays", () => {
  const canTransfer = "transfer" in ArrayBuffer.prototype;
  const own = Buffer.alloc(64 * 1024, 1);
  letGo(own);
  assert.equal(own.length, canTransfer ? 0 : 64 * 1024);
  const whole = Buffer.alloc(64 * 1024, 1);
  const [part, small, shared] = [
    whole.subarray(1),
    Buffer.alloc(100, 1),
    Buffer.from(new SharedArrayBuffer(64 * 1024)),
  ];
  for (const bytes of [part, small, shared, utf8("of the pool")]) {
    const { length } = bytes;
    letGo(bytes);
    assert.equal(bytes.length, length);
  }
});

test("lent memory is taken back once, by letting go of the very bytes that were lent, and stays", () => {
  const memory = Buffer.alloc(64 * 1024, 1);
  const taken: string[] = [];
  const first = lend(memory.subarray(0), () => taken.push("first"));
  letGo(memory);
  letGo(first.subarray(0, 100));
  assert.equal(taken.length, 0);
  letGo(first);
  letGo(first);
  assert.deepEqual(taken, ["first"]);
  const second = lend(memory.subarray(10), () => taken.push("second"));
  letGo(first);
  assert.deepEqual(taken, ["first"], "an old loan does not end a new one");
  letGo(second);
  assert.deepEqual(taken, ["first", "second"]);
  assert.equal(memory.length, 64 * 1024);
});
