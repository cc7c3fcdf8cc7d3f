import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimestamp } from "./timestamps.js";
import { escapeXml } from "./xml-writer.js";

/** What is written without haste, as the measure of what is written with it. */
function escapedSlowly(text: string): string {
  const names = new Map([...'&<>"'].map((character, at) => [character, ["&amp;", "&lt;", "&gt;", "&quot;"][at] ?? ""]));
  // By UTF-16 units: halves of a pair are passed on one after the other.
  return text
    .split("")
    .map((unit) => names.get(unit) ?? (isControl(unit) ? `&#x${unit.charCodeAt(0).toString(16)};` : unit))
    .join("");
}

const isControl = (unit: string): boolean =>
  (unit < " " && unit !== "\t" && unit !== "\n") || ["\u0085", "\u2028", "\ufffe", "\uffff"].includes(unit);

test("every character is escaped that is to be, alone and among others, and none besides", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const unit = String.fromCharCode(code);
    assert.equal(escapeXml(unit), escapedSlowly(unit), `U+${code.toString(16)}`);
  }
  for (const text of ["", "plain", '"etag"', "<<>>", "a&b&", "&a", "\u{1f600}<\u{1f600}", "\r\n\u0000x\u2028"]) {
    assert.equal(escapeXml(text), escapedSlowly(text));
    assert.equal(escapeXml(text), escapedSlowly(text), "the same once more");
  }
});

test("a time is written as Date does it, without milliseconds that are none", () => {
  const DAYS = [0, 1, 19_000, 20_778, -1, -719_529, 2_932_897, 11_016];
  const OF_DAY = [0, 999, 1000, 59_000, 60_000, 3_599_999, 3_600_000, 43_200_001, 86_399_000, 86_399_999];
  for (const day of [...DAYS, ...DAYS]) {
    for (const ms of OF_DAY) {
      const date = new Date(day * 86_400_000 + ms);
      assert.equal(formatTimestamp(date, "dateTime"), date.toISOString().replace(".000Z", "Z"));
      assert.equal(formatTimestamp(date, "httpDate"), date.toUTCString());
    }
  }
  assert.throws(() => formatTimestamp(new Date(Number.NaN), "dateTime"), RangeError);
});
