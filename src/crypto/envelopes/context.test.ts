import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../base/index.js";
import { canonicalContext } from "./context.js";

test("absent and empty contexts are the same four bytes", () => {
  assert.equal(hex(canonicalContext(undefined)), "00000000");
  assert.equal(hex(canonicalContext({})), "00000000");
});

test("pairs are counted, sized and sorted", () => {
  const expected = `00000002${"00000001"}61${"00000002"}3131${"00000001"}62${"00000000"}`;
  assert.equal(hex(canonicalContext({ b: "", a: "11" })), expected);
  assert.equal(hex(canonicalContext({ a: "11", b: "" })), expected);
});

test("keys are sorted by their UTF-8 bytes, where JavaScript's order differs", () => {
  const [high, astral] = ["\uffee", "\u{1f511}"];
  assert.ok(astral < high, "JavaScript puts the surrogates first");
  const bytes = hex(canonicalContext({ [astral]: "", [high]: "" }));
  assert.ok(bytes.indexOf(hex(Buffer.from(high))) < bytes.indexOf(hex(Buffer.from(astral))));
});

test("nothing can be shifted between key, value and neighbour", () => {
  const contexts: Record<string, string>[] = [
    { ab: "c" },
    { a: "bc" },
    { a: "b", c: "" },
    { a: "", b: "c" },
    { A: "bc" },
    { "": "abc" },
  ];
  assert.equal(new Set(contexts.map((context) => hex(canonicalContext(context)))).size, contexts.length);
});

test("a name of Object's own is a key like any other", () => {
  const context = JSON.parse('{"__proto__": "x", "constructor": "y"}');
  assert.equal(canonicalContext(context).readUInt32BE(), 2);
});
