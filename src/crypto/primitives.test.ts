import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { hex, utf8 } from "../base/index.js";
import { hkdf, kdf } from "./kdf.js";
import { keyHandle, newKey, newSecret } from "./key.js";
import { unwrapKey, wrapKey } from "./key-wrap.js";
import { isMac, mac } from "./mac.js";
import { publicRandom } from "./random.js";
import { Secret } from "./secret.js";
import { changesOf, testKey } from "./testing.js";

test("the KDF is SP 800-108's counter mode: HMAC over counter, label, zero, context, bits", () => {
  const input = Buffer.concat([
    Buffer.from([0, 0, 0, 1]),
    utf8("label"),
    Buffer.from([0]),
    utf8("context"),
    Buffer.from([0, 0, 1, 0]),
  ]);
  assert.equal(hex(kdf(testKey(6), utf8("label"), utf8("context"))), hex(mac("HMAC_SHA_256", testKey(6), input)));
});

test("the KDF gives long keys in blocks, and another key for another length, label, context or key", () => {
  const derive = (label: string, context: string, bytes = 32, key = 6) =>
    hex(kdf(testKey(key), utf8(label), utf8(context), bytes));
  const keys = [derive("a", "b"), derive("a", "b", 64), derive("ab", ""), derive("a", "c"), derive("a", "b", 32, 7)];
  assert.equal(new Set(keys.map((key) => key.slice(0, 64))).size, keys.length);
  assert.equal(derive("a", "b", 44).length, 88);
});

test("HKDF gives RFC 5869's first case", () => {
  const key = keyHandle(Secret.own(Buffer.alloc(22, 0x0b)));
  const [salt, info] = [Buffer.from("000102030405060708090a0b0c", "hex"), Buffer.from("f0f1f2f3f4f5f6f7f8f9", "hex")];
  const expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
  hkdf(key, salt, info, 42).use((bytes) => assert.equal(hex(bytes), expected));
});

test("a tag that is changed, short or another algorithm's is no tag", () => {
  const tag = mac("HMAC_SHA_256", testKey(8), utf8("message"));
  assert.ok(isMac("HMAC_SHA_256", testKey(8), utf8("message"), tag));
  for (const { changed } of changesOf(tag)) assert.ok(!isMac("HMAC_SHA_256", testKey(8), utf8("message"), changed));
  assert.ok(!isMac("HMAC_SHA_384", testKey(8), utf8("message"), tag));
});

test("wrapped keys come back, and every change is found", () => {
  for (const [algorithm, bytes] of [
    ["AES_KW", 32],
    ["AES_KWP", 33],
  ] as const) {
    const secret = Secret.own(Buffer.alloc(bytes, 9));
    const wrapped = wrapKey(algorithm, testKey(10), secret);
    unwrapKey(algorithm, testKey(10), wrapped).use((back) => assert.deepEqual(back, Buffer.alloc(bytes, 9)));
    for (const { what, changed } of changesOf(wrapped)) {
      assert.throws(() => unwrapKey(algorithm, testKey(10), changed), { name: "BrokenSeal" }, what);
    }
    assert.throws(() => unwrapKey(algorithm, testKey(11), wrapped), { name: "BrokenSeal" });
  }
  assert.throws(() => wrapKey("AES_KW", testKey(10), Secret.own(Buffer.alloc(15))), { name: "BrokenNeed" });
});

test("a secret and a handle never say their bytes", () => {
  const secret = Secret.own(Buffer.from("5e".repeat(32), "hex"));
  for (const text of [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect(keyHandle(secret), { depth: 9 }),
  ]) {
    assert.ok(!text.includes("5e5e") && !text.includes("^^"), text);
  }
});

test("a wiped secret is gone, for whoever kept the bytes too", () => {
  const secret = newSecret();
  const kept = secret.use((bytes) => bytes);
  assert.notEqual(hex(kept), "0".repeat(64));
  secret.wipe();
  assert.equal(hex(kept), "0".repeat(64));
  assert.throws(() => secret.use(() => 0), { name: "BrokenNeed" });
});

test("random bytes do not repeat, across the edge of the pool too", () => {
  const drawn = Array.from({ length: 2000 }, () => hex(publicRandom(12)));
  assert.equal(new Set(drawn).size, drawn.length);
  assert.equal(newKey().symmetricKeySize, 32);
  assert.notEqual(newSecret().use(hex), newSecret().use(hex));
});
