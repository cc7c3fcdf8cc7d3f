import assert from "node:assert/strict";
import { test } from "node:test";
import { addonCrc } from "../../crypto/index.js";
import { CrcKernel } from "./crc-kernel.js";

const POLYNOMIALS = { CRC32: 0xedb88320n, CRC32C: 0x82f63b78n, CRC64NVME: 0x9a6c9329ac4bc9b5n } as const;
const skip = addonCrc === undefined && "there is no addon, or this processor does not multiply without carry";
const BYTES = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 2654435761) >>> 24));

for (const [name, polynomial] of Object.entries(POLYNOMIALS)) {
  const bits = name === "CRC64NVME" ? 64 : 32;

  /** What the definition says: one bit after the other. */
  const defined = (register: bigint, bytes: Uint8Array) => {
    let crc = register;
    for (const byte of bytes) {
      crc ^= BigInt(byte);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    }
    return crc;
  };

  test(`${name} in WebAssembly is what its definition says`, () => {
    const kernel = new CrcKernel(polynomial);
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 400])
      assert.equal(kernel.update(5n, BYTES.subarray(0, length)), defined(5n, BYTES.subarray(0, length)));
  });

  test(`${name} of the addon is that of WebAssembly, for every length and from every place`, { skip }, () => {
    const kernel = new CrcKernel(polynomial);
    for (const register of [0n, (1n << BigInt(bits)) - 1n, 0x12345678n]) {
      for (let length = 0; length <= BYTES.length; length++) {
        const bytes = BYTES.subarray(BYTES.length - length);
        assert.equal(addonCrc!(register, polynomial, bytes), kernel.update(register, bytes), `${length} bytes`);
      }
    }
    const long = Buffer.concat(Array.from({ length: 200 }, () => BYTES));
    assert.equal(addonCrc!(7n, polynomial, long.subarray(3)), kernel.update(7n, long.subarray(3)));
  });
}

test("the addon refuses what is no number of 64 bits and no bytes", { skip }, () => {
  const wrong = (...given: unknown[]) => assert.throws(() => Reflect.apply(addonCrc!, undefined, given), Error);
  for (const none of [undefined, null, 7, "7", -1n, 1n << 64n, {}]) {
    wrong(none, 1n, BYTES);
    wrong(1n, none, BYTES);
  }
  for (const none of [undefined, null, 7, "x", [], new Uint16Array(4)]) wrong(1n, 1n, none);
  wrong(1n, 1n);
  assert.equal(addonCrc!(9n, POLYNOMIALS.CRC64NVME, Buffer.alloc(0)), 9n);
});
