import assert from "node:assert/strict";
import { test } from "node:test";
import { combineCrcs, makeCrc32, makeCrc32c, makeCrc64Nvme } from "./crc.js";

const CHECK = Buffer.from("123456789");
const MAKERS = { CRC32: makeCrc32, CRC32C: makeCrc32c, CRC64NVME: makeCrc64Nvme } as const;
/** The catalogued check values of the three algorithms. */
const EXPECTED = { CRC32: "cbf43926", CRC32C: "e3069283", CRC64NVME: "ae8b14860a799888" } as const;

for (const name of Object.keys(MAKERS) as (keyof typeof MAKERS)[]) {
  const crcOf = (...pieces: Uint8Array[]) => {
    const crc = MAKERS[name]();
    for (const piece of pieces) crc.update(piece);
    return crc.digest();
  };

  test(`${name} gives its catalogued check value`, () => assert.equal(crcOf(CHECK).toString("hex"), EXPECTED[name]));

  test(`${name} of nothing is zero`, () => assert.ok(crcOf().every((byte) => byte === 0)));

  test(`${name} does not care how the bytes were cut, but cares for each of them`, () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, at) => (at * 7919) & 255));
    const whole = crcOf(bytes);
    for (const cut of [0, 1, 7, 8, 15, 16, 17, 31, 999, 1000]) {
      assert.deepEqual(crcOf(bytes.subarray(0, cut), bytes.subarray(cut)), whole);
    }
    const flipped = Buffer.from(bytes);
    flipped[500]! ^= 1;
    assert.notDeepEqual(crcOf(flipped), whole);
  });

  test(`${name} of much is that of every byte alone, wherever the bytes lie`, () => {
    const bytes = Buffer.from(Array.from({ length: 65536 + 100 }, (_, at) => (at * 2654435761) >>> 24));
    // Around the 64 KiB that the kernel takes at once.
    for (const [from, length] of [
      [0, 65536],
      [1, 65536],
      [3, 65535],
      [7, 65536 + 33],
    ] as const) {
      const part = bytes.subarray(from, from + length);
      const byByte = MAKERS[name]();
      for (let at = 0; at < length; at++) byByte.update(part.subarray(at, at + 1));
      assert.deepEqual(crcOf(part), byByte.digest());
    }
  });

  test(`${name} of a whole follows from its parts`, () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31 + 7) & 255));
    for (const cut of [0, 1, 8, 2500, 4999, 5000]) {
      const [a, b] = [bytes.subarray(0, cut), bytes.subarray(cut)];
      assert.deepEqual(combineCrcs(name, crcOf(a), crcOf(b), b.length), crcOf(bytes));
    }
    assert.notDeepEqual(combineCrcs(name, crcOf(CHECK), crcOf(bytes), 4999), crcOf(CHECK, bytes));
  });

  test(`${name} of two bodies at once keeps them apart`, () => {
    const [a, b] = [MAKERS[name](), MAKERS[name]()];
    a.update(CHECK.subarray(0, 4));
    b.update(Buffer.from("another body"));
    a.update(CHECK.subarray(4));
    assert.equal(a.digest().toString("hex"), EXPECTED[name]);
    assert.deepEqual(b.digest(), crcOf(Buffer.from("another body")));
  });
}
