import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { hex, utf8 } from "../base/index.js";
import { loadAddon } from "./addon.js";
import { addonPrimitives } from "./addon-primitives.js";
import { keyHandle } from "./key.js";
import { nodePrimitives } from "./node-primitives.js";
import { openMessage, sealMessage } from "./own-message.js";
import { Secret } from "./secret.js";
import { changesOf, testKey } from "./testing.js";

const addon = loadAddon();
const skip = addon === undefined && "the addon is not compiled on this machine";
const NONCE = Buffer.alloc(12, 3);
const NOTHING = Buffer.alloc(0);
/** Around the edges of blocks of the cipher and of the hash. */
const LENGTHS = [0, 1, 15, 16, 17, 55, 56, 63, 64, 65, 127, 128, 1000, 65_536, 70_001];
const TEXTS = [
  "",
  "abc",
  "é".repeat(300),
  "\u{1f511}".repeat(1024),
  "\ud800",
  "a\0b",
  "y".repeat(4096),
  "z".repeat(4097),
];
const LONG = [`${"a".repeat(4093)}\u{1f511}`, `${"a".repeat(4095)}\u{1f511}`, "é".repeat(5000)];

test("digests and tags are those of Node, for every length and every text", { skip }, () => {
  const mine = addonPrimitives(addon!);
  for (const length of LENGTHS) {
    const message = Buffer.alloc(length, length % 251);
    assert.equal(hex(mine.sha256(message)), createHash("sha256").update(message).digest("hex"));
    assert.equal(mine.sha256Hex(message), createHash("sha256").update(message).digest("hex"));
    assert.equal(hex(mine.hmac(testKey(1), message)), hex(nodePrimitives.hmac(testKey(1), message)));
  }
  for (const text of [...TEXTS, ...LONG]) {
    assert.equal(mine.sha256Hex(text), createHash("sha256").update(text).digest("hex"), text.slice(0, 4));
    assert.equal(mine.hmacHex(testKey(1), text), nodePrimitives.hmacHex(testKey(1), text), text.slice(0, 4));
  }
});

test("keys of every length up to a block make HMAC's tags, and a longer one is refused", { skip }, () => {
  for (const bytes of [1, 31, 32, 63, 64]) {
    const key = keyHandle(Secret.own(Buffer.alloc(bytes, bytes)));
    const expected = createHmac("sha256", key).update("text").digest("hex");
    assert.equal(addonPrimitives(addon!).hmacHex(key, "text"), expected);
  }
  const long = keyHandle(Secret.own(Buffer.alloc(65)));
  assert.throws(() => addonPrimitives(addon!).hmacHex(long, "text"), /hashed first/);
});

test("what one of the two seals the other opens, under a handle and under bytes", { skip }, () => {
  const twins = [nodePrimitives, addonPrimitives(addon!)];
  const keys = [testKey(2), testKey(2).export()];
  for (const length of LENGTHS) {
    const [plaintext, aad] = [Buffer.alloc(length, 7), Buffer.alloc(length % 100, 8)];
    const all = twins.flatMap((twin) =>
      keys.map((key) => {
        const sealed = Buffer.alloc(5 + length + 16);
        twin.seal(key, NONCE, plaintext, aad, sealed, 5);
        return hex(sealed);
      }),
    );
    assert.equal(new Set(all).size, 1, `${length} bytes`);
    for (const key of keys) {
      const opened = Buffer.from(all[0]!, "hex").subarray(5);
      assert.ok(addonPrimitives(addon!).open(key, NONCE, opened, aad, opened, 0), "where the sealed bytes lie");
      assert.deepEqual(opened.subarray(0, length), plaintext);
    }
  }
});

test("one key seals and opens in turn, and shared memory is opened as any other", { skip }, () => {
  const mine = addonPrimitives(addon!);
  const shared = Buffer.from(new SharedArrayBuffer(116));
  for (let round = 0; round < 3; round++) {
    mine.seal(testKey(3), NONCE, Buffer.alloc(100, round), NOTHING, shared, 0);
    const opened = Buffer.alloc(100);
    assert.ok(mine.open(testKey(3), NONCE, shared, NOTHING, opened, 0));
    assert.deepEqual(opened, Buffer.alloc(100, round));
  }
});

for (const [name, twin] of [
  ["Node", nodePrimitives],
  ["the addon", addon && addonPrimitives(addon)],
] as const) {
  test(`${name} finds every change, and leaves nothing of the plaintext`, { skip: twin ? false : skip }, () => {
    const sealed = Buffer.alloc(20 + 16);
    twin!.seal(testKey(4), NONCE, Buffer.alloc(20, 9), utf8("aad"), sealed, 0);
    const isOpen = (bytes: Buffer, aad: string, key = testKey(4)) => {
      const target = Buffer.alloc(Math.max(0, bytes.length - 16), 0xaa);
      const opened = twin!.open(key, NONCE, bytes, utf8(aad), target, 0);
      if (!opened) assert.ok(bytes.length < 16 || target.every((byte) => byte === 0), "wiped");
      return opened;
    };
    assert.ok(isOpen(sealed, "aad"));
    for (const { what, changed } of changesOf(sealed)) assert.ok(!isOpen(changed, "aad"), what);
    assert.ok(!isOpen(sealed, "aae"));
    assert.ok(!isOpen(sealed, "aad", testKey(5)));
  });
}

test("a message sealed in one step opens in two, and the other way round; every change is found", { skip }, () => {
  const twins = [nodePrimitives, addonPrimitives(addon!)] as const;
  const [label, head, context] = [utf8("label"), Buffer.alloc(70, 1), utf8("context")];
  for (const length of [0, 1, 64, 4096]) {
    const [first, second] = twins.map((twin) => {
      const message = Buffer.concat([head, Buffer.alloc(length + 16)]);
      sealMessage(testKey(6), label, message, 70, Buffer.alloc(length, 5), context, twin);
      return message;
    });
    assert.deepEqual(first, second);
    for (const twin of twins) {
      const open = (message: Buffer, of = label, under = context, headBytes = 70) =>
        openMessage(testKey(6), of, message, headBytes, under, twin);
      assert.deepEqual(open(first!), Buffer.alloc(length, 5));
      const broken = { name: "BrokenSeal" };
      if (length === 1)
        for (const { what, changed } of changesOf(first!)) assert.throws(() => open(changed), broken, what);
      assert.throws(() => open(first!, utf8("labe")), broken);
      assert.throws(() => open(first!, label, utf8("contex")), broken);
      assert.throws(() => open(first!, label, context, 69), broken);
      assert.throws(() => openMessage(testKey(7), label, first!, 70, context, twin), broken);
    }
  }
});

test("random bytes are never the same, and are as many as were asked for", () => {
  for (const twin of [nodePrimitives, ...(addon ? [addonPrimitives(addon)] : [])]) {
    assert.equal(new Set(Array.from({ length: 100 }, () => hex(twin.random(16)))).size, 100);
    for (const bytes of [1, 32, 1024]) assert.equal(twin.random(bytes).length, bytes);
  }
});

test("the addon refuses what is no key, no bytes and no room, and goes on", { skip }, () => {
  const { key, hmac, sha256, seal, open, sealMessage: sealOwn, openMessage: openOwn, random } = addon!;
  const [handle, room] = [key(Buffer.alloc(32)), Buffer.alloc(64)];
  // Whatever another caller may hand over.
  const wrong = (call: (...given: never[]) => unknown, ...given: unknown[]) =>
    assert.throws(() => Reflect.apply(call, undefined, given), Error);
  for (const none of [undefined, null, 7, "x", {}, [], new Uint16Array(4), new DataView(new ArrayBuffer(4))]) {
    wrong(key, none);
    wrong(hmac, none, room, room, 0);
    wrong(hmac, handle, none, room, 0);
    wrong(sha256, none, room, 0);
    wrong(seal, none, NONCE, NOTHING, NOTHING, room, 0);
    wrong(seal, handle, none, NOTHING, NOTHING, room, 0);
    wrong(open, handle, NONCE, none, NOTHING, room, 0);
    wrong(open, handle, NONCE, room, none, room, 0);
  }
  for (const at of [33, 65, 2 ** 31, -1, "0", undefined]) wrong(sha256, NOTHING, room, at);
  wrong(seal, handle, NONCE, Buffer.alloc(49), NOTHING, room, 0);
  wrong(open, handle, NONCE, room, NOTHING, Buffer.alloc(47), 0);
  const fresh = key(Buffer.alloc(32, 1));
  wrong(seal, fresh, Buffer.alloc(11), NOTHING, NOTHING, room, 0);
  seal(fresh, NONCE, NOTHING, NOTHING, room, 0);
  const expected = Buffer.alloc(16);
  nodePrimitives.seal(Buffer.alloc(32, 1), NONCE, NOTHING, NOTHING, expected, 0);
  assert.deepEqual(room.subarray(0, 16), expected, "what was refused left nothing half done");
  wrong(seal, Buffer.alloc(31), NONCE, NOTHING, NOTHING, room, 0);
  wrong(seal, key(Buffer.alloc(16)), NONCE, NOTHING, NOTHING, room, 0);
  wrong(sha256, NOTHING);
  for (const none of [undefined, null, 7, "x", {}, new Uint16Array(4)]) {
    wrong(random, none);
    wrong(sealOwn, none, NOTHING, room, 40, Buffer.alloc(8), NOTHING);
    wrong(sealOwn, handle, none, room, 40, Buffer.alloc(8), NOTHING);
    wrong(sealOwn, handle, NOTHING, none, 40, Buffer.alloc(8), NOTHING);
    wrong(openOwn, handle, NOTHING, room, 40, none, NOTHING);
    wrong(openOwn, handle, NOTHING, room, 40, Buffer.alloc(8), none);
  }
  for (const head of [39, 41, 65, 2 ** 32 - 1, -1, "40", undefined]) {
    wrong(sealOwn, handle, NOTHING, room, head, Buffer.alloc(8), NOTHING);
    wrong(openOwn, handle, NOTHING, room, head, Buffer.alloc(8), NOTHING);
  }
  sha256(NOTHING, room, 32);
  assert.equal(hex(room.subarray(32)), createHash("sha256").digest("hex"));
});
