import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonString } from "./json.js";

test("every character is written as JSON.stringify writes it, wherever it stands", () => {
  for (let code = 0; code < 0x1_0000; code += 1) {
    const character = String.fromCharCode(code);
    if (jsonString(character) !== JSON.stringify(character)) assert.fail(`character ${code}`);
  }
  for (const odd of ['"', "\\", "\n", "\0", "\x7f", "é", "\u2028", "\ud800", "😀"]) {
    for (const text of [`a${odd}`, `${odd}a`, `a${odd}b`, odd.repeat(3)])
      assert.equal(jsonString(text), JSON.stringify(text));
  }
  assert.equal(jsonString(""), '""');
});
