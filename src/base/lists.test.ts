import assert from "node:assert/strict";
import { test } from "node:test";
import { isoSeconds, ManualClock } from "./clock.js";
import { AwsError, isAwsError } from "./error.js";
import { describeThrown, jsonLog } from "./log.js";
import { Lru } from "./lru.js";
import { BrokenNeed, needs } from "./needs.js";
import { makeMarker, pageOf, parseMarker } from "./page.js";
import { rowOf, table } from "./table.js";

test("a marker opens only in the list that it was made for", () => {
  const marker = makeMarker("ListKeys/1", "key-7");
  assert.equal(parseMarker("ListKeys/1", marker), "key-7");
  for (const [scope, text] of [
    ["ListKeys/2", marker],
    ["ListKeys/1", "x"],
    ["ListKeys/1", ""],
    ["ListKeys/1", "eyJhIjoxfQ"],
  ] as const)
    assert.equal(parseMarker(scope, text), undefined);
});

test("a page is cut where its limit is, and the last page has no next", () => {
  assert.deepEqual(pageOf([1, 2], 2, "s", String), { items: [1, 2] });
  const page = pageOf([1, 2, 3], 2, "s", String);
  assert.deepEqual(page.items, [1, 2]);
  assert.equal(parseMarker("s", page.next ?? ""), "2");
});

test("what is used stays, what is not is forgotten, and there is never more than allowed", () => {
  const lru = new Lru<string, number>(10);
  lru.set("used", 1);
  lru.set("idle", 2);
  for (let i = 0; i < 100; i++) {
    lru.set(`n${i}`, i);
    assert.equal(lru.get("used"), 1);
    assert.ok(lru.size <= 10, `${lru.size} rows`);
  }
  assert.deepEqual([lru.get("idle"), lru.get("n0"), lru.get("n99")], [undefined, undefined, 99]);
});

test("a row that was deleted or replaced does not come back from the older generation", () => {
  const lru = new Lru<string, number>(4);
  lru.set("a", 1);
  lru.set("b", 2); // the young generation is full and grows old
  lru.set("a", 3);
  assert.deepEqual([lru.get("a"), lru.size], [3, 2]);
  lru.delete("b");
  lru.delete("a");
  assert.deepEqual([lru.get("a"), lru.get("b"), lru.size], [undefined, undefined, 0]);
});

test("an instant is told in whole seconds, each in its own", () => {
  const texts = [0, 999, 1000, 0].map((ms) => isoSeconds(new Date(ms)));
  const [zero, one] = ["1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"];
  assert.deepEqual(texts, [zero, zero, one, zero]);
  assert.throws(() => isoSeconds(new Date(Number.NaN)), RangeError);
});

test("a table has no prototype to fall into", () => {
  const rows = table({ a: 1 });
  assert.equal(rowOf(rows, "a"), 1);
  for (const name of ["toString", "__proto__", "constructor", "b"]) assert.equal(rowOf(rows, name), undefined, name);
});

test("a manual clock runs what came due, in order, and nothing that was cancelled", () => {
  const clock = new ManualClock(0);
  const ran: string[] = [];
  clock.after(20, () => ran.push(`b at ${clock.nowMs()}`));
  clock.after(10, () => ran.push(`a at ${clock.nowMs()}`));
  clock.after(15, () => ran.push("never"))();
  clock.advance(19);
  assert.deepEqual(ran, ["a at 10"]);
  clock.advance(1);
  assert.deepEqual(ran, ["a at 10", "b at 20"]);
});

test("a broken need is ours, an AwsError is the caller's", () => {
  assert.throws(() => needs(false, "why"), BrokenNeed);
  needs(1, "fine");
  const silent = new AwsError("InvalidCiphertextException");
  assert.equal(silent.hasMessage, false);
  assert.deepEqual([isAwsError(silent, "InvalidCiphertextException"), isAwsError(silent, "Other")], [true, false]);
});

test("a log line is one line of JSON and says of a thrown thing no more than it should", () => {
  const lines: string[] = [];
  jsonLog(
    (line) => lines.push(line),
    () => new Date(0),
    { process: "test" },
  ).warn("odd\nevent", { count: 2 });
  assert.deepEqual(lines, [
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"odd\\nevent","process":"test","count":2}\n',
  ]);
  assert.deepEqual(describeThrown("secret text"), { thrown: "string" });
});
