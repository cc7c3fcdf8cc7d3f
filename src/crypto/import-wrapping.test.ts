import assert from "node:assert/strict";
import { before, test } from "node:test";
import { privateKeyBytes } from "./asymmetric/index.js";
import { unwrapImported, WRAPPING_ALGORITHMS, type WrappingAlgorithm } from "./import-wrapping.js";
import type { Secret } from "./secret.js";
import { oaepFor, testKeyPairs, wrapForImport } from "./testing.js";

interface Pair {
  readonly publicKey: Buffer;
  readonly privateKey: Secret;
}

const generate = testKeyPairs();
let pair: Pair;
let other: Pair;
before(async () => {
  [pair, other] = await Promise.all([newPair(), newPair()]);
});

async function newPair(): Promise<Pair> {
  const { publicKey, privateKey } = await generate("RSA_2048");
  return { publicKey, privateKey: privateKeyBytes(privateKey) };
}

const MATERIAL = Buffer.alloc(32, 9);
const ALGORITHMS = Object.keys(WRAPPING_ALGORITHMS) as WrappingAlgorithm[]; // the table's own names

const wrap = (algorithm: WrappingAlgorithm, bytes: Buffer) => wrapForImport(pair.publicKey, algorithm, bytes);
const unwrapped = (algorithm: WrappingAlgorithm, wrapped: Buffer, { privateKey } = pair) =>
  unwrapImported(algorithm, privateKey, wrapped).use((bytes) => Buffer.from(bytes));

for (const algorithm of ALGORITHMS) {
  test(`${algorithm}: what was wrapped comes back; another algorithm, another key, a changed or cut one is refused`, () => {
    const wrapped = wrap(algorithm, MATERIAL);
    assert.deepEqual(unwrapped(algorithm, wrapped), MATERIAL);
    for (const wrong of ALGORITHMS.filter((each) => each !== algorithm)) {
      assert.throws(() => unwrapped(wrong, wrapped), { name: "BrokenSeal" }, wrong);
    }
    assert.throws(() => unwrapped(algorithm, wrapped, other), { name: "BrokenSeal" });
    for (const at of [0, 100, wrapped.length - 1]) {
      const changed = Buffer.from(wrapped);
      changed[at]! ^= 1;
      assert.throws(() => unwrapped(algorithm, changed), { name: "BrokenSeal" }, `byte ${at}`);
    }
    for (const length of [0, 1, 255, wrapped.length - 1]) {
      assert.throws(
        () => unwrapped(algorithm, wrapped.subarray(0, length)),
        { name: "BrokenSeal" },
        `cut to ${length}`,
      );
    }
  });
}

test("a long private key fits the AES wrap, and the AES key has 256 bits", () => {
  const long = Buffer.alloc(2400, 3);
  assert.deepEqual(unwrapped("RSA_AES_KEY_WRAP_SHA_256", wrap("RSA_AES_KEY_WRAP_SHA_256", long)), long);
  const wrapped = wrap("RSA_AES_KEY_WRAP_SHA_256", MATERIAL);
  const shortKey = Buffer.concat([oaepFor(pair.publicKey, "sha256", Buffer.alloc(16, 4)), wrapped.subarray(256)]);
  assert.throws(() => unwrapped("RSA_AES_KEY_WRAP_SHA_256", shortKey), { name: "BrokenSeal" });
});
