import assert from "node:assert/strict";
import { test } from "node:test";
import { keyHandle } from "./key.js";
import { macHex } from "./mac.js";
import { Secret } from "./secret.js";
import { TextMac } from "./text-mac.js";

test("the tag is HMAC-SHA-256's, for keys up to a block and texts of every length", () => {
  for (const keyBytes of [1, 31, 32, 63, 64]) {
    const secret = Secret.own(Buffer.alloc(keyBytes, keyBytes));
    const [held, key] = [new TextMac(secret), keyHandle(secret)];
    const expected = (text: string) => macHex("HMAC_SHA_256", key, text);
    for (let length = 0; length < 400; length += 1) {
      const text = "x".repeat(length);
      assert.equal(held.hex(text), expected(text), `${keyBytes} and ${length}`);
    }
    for (const text of ["é".repeat(300), "\u{1f511}".repeat(170), "\ud800", "a\0b", "y".repeat(5000)]) {
      assert.equal(held.hex(text), expected(text), text.slice(0, 4));
    }
    assert.equal(held.hex("short again"), expected("short again"));
  }
});

test("a key of more than a block is refused", () => {
  assert.throws(() => new TextMac(Secret.own(Buffer.alloc(65))), /hashed first/);
});
