import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeWords, encodeWords } from "./encoded-words.js";

// The pairs are recorded answers of S3 or examples of its guide; what a header carried, and what it stands for.
const RECORDED: readonly (readonly [string, string])[] = [
  ["=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=", "test_—_file%E2%80%94_é_2?.pdf"],
  ["=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", "ÄMÄZÕÑ S3"],
  ["=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=", "Ã\u0084MÃ\u0084ZÃ\u0095Ã\u0091 S3"],
  ["=?UTF-8?B?AAECAw==?=", "\u0000\u0001\u0002\u0003"],
  ["=?UTF-8?B?77+977+977+977+977+977+977+9?=", "\ufffd".repeat(7)],
  ["=?UTF-8?Q?non-ascii-%E2%80%94=5F=E2=80=94=5F=C3=A9=5F?=", "non-ascii-%E2%80%94_—_é_"],
];

for (const [header, text] of RECORDED) {
  test(`${header} is read and written`, () => {
    assert.equal(decodeWords(header), text);
    assert.equal(encodeWords(text), header);
  });
}

test("ASCII goes out as it is, whatever form it came in", () => {
  for (const [header, text] of [
    ["=?UTF-8?B?YWJj?=", "abc"],
    ["=?utf-8?q?actually-ascii?=", "actually-ascii"],
    ["=?ISO-8859-1*en?Q?a=20b?= c", "a b c"],
    ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"],
    ["two  words ", "two  words "],
  ] as const) {
    assert.equal(decodeWords(header), text);
    assert.equal(encodeWords(text), text);
  }
});

test("bytes that are no text become replacement characters", () => {
  assert.equal(encodeWords(decodeWords("=?UTF-8?B?gGH/?=")), "=?UTF-8?B?77+9Ye+/vQ==?=");
});

test("what is no word stands for itself", () => {
  for (const text of ["=?", "=?UTF-8?Q?a", "=?UTF-8?X?a?=", "=?KOI8-R?Q?a?=", "=?UTF-8?Q?=G0?=", "a=?UTF-8?Q?a?="]) {
    assert.equal(decodeWords(text), text);
  }
});

test("a long text is words that are read as one, none too long and none that parts a character", () => {
  for (const text of ["é".repeat(200), "😀".repeat(99), `${"plain ".repeat(60)}é`]) {
    const words = encodeWords(text).split(" ");
    assert.ok(words.length > 1 && words.every((word) => word.length <= 75));
    assert.equal(decodeWords(words.join(" ")), text);
  }
});

test("no control character goes out as it is", () => {
  for (const text of ["a\r\nb: c", "\t", "\u007f", "a\u0000"]) assert.match(encodeWords(text), /^[!-~]+$/);
});
