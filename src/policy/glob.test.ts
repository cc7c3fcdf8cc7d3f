import assert from "node:assert/strict";
import { test } from "node:test";
import { globOf, globTest, tokensOf } from "./glob.js";

const MATCHES: readonly [string, string, boolean][] = [
  ["*", "", true],
  ["*", "anything", true],
  ["?", "", false],
  ["?", "a", true],
  ["a*", "abc", true],
  ["a*", "ba", false],
  ["*c", "abc", true],
  ["*c", "abcd", false],
  ["a*c", "abbbc", true],
  ["a*c", "abbb", false],
  ["a**c", "ac", true],
  ["a?c", "ac", false],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b*", "xxbxxaxx", false],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["", "", true],
  ["", "a", false],
  ["*?", "", false],
  ["*?x", "yx", true],
];

test("stars and question marks match as IAM says, and nothing else is special", () => {
  for (const [pattern, text, expected] of MATCHES)
    assert.equal(globOf(pattern)(text), expected, `${pattern} ~ ${text}`);
});

test("wildcards that came out of a variable are plain characters", () => {
  const pattern = globTest(
    tokensOf([
      { text: "a*", literal: true },
      { text: "?", literal: false },
    ]),
  );
  assert.equal(pattern("a*x"), true);
  assert.equal(pattern("abx"), false);
});

test("a hostile pattern costs no more than pattern times text", () => {
  const pattern = globOf(`${"*a".repeat(200)}b`);
  assert.equal(pattern("a".repeat(2000)), false);
});
