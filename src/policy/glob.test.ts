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

test("a pattern of many stars finds its segments in order, and the last one at the end", () => {
  for (const [pattern, text, expected] of [
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["ab*ba", "aba", false],
    ["ab*b*ba", "abba", false],
    ["ab*b*ba", "abbba", true],
    ["*a*a*a", "aa", false],
    ["*ab*ab", "abab", true],
  ] as const)
    assert.equal(globOf(pattern)(text), expected, `${pattern} ~ ${text}`);
});

/** What a pattern means, said the slow way. */
function meant(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") return meant(pattern.slice(1), text) || (text !== "" && meant(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && meant(pattern.slice(1), text.slice(1));
}

test("every short pattern and text agree with the plain meaning", () => {
  const words = (letters: string, most: number): string[] =>
    most === 0
      ? [""]
      : ["", ...words(letters, most - 1).flatMap((word) => [...letters].map((letter) => word + letter))];
  const texts = [...new Set(words("ab", 4))];
  for (const pattern of new Set(words("ab*?", 4))) {
    const glob = globOf(pattern);
    for (const text of texts) assert.equal(glob(text), meant(pattern, text), `${pattern} ~ ${text}`);
  }
});

test("a hostile pattern does not stop the house", () => {
  const long = "a".repeat(30_000);
  assert.equal(globOf(`*${"a".repeat(15_000)}b*c`)(long), false);
  assert.equal(globOf(`*b${"a".repeat(15_000)}*`)(long), false);
  assert.equal(globOf(`${"*a".repeat(5000)}b`)(long), false);
});
