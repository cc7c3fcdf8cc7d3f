import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { contentRange, parseCopyRange, parseRange } from "./range.js";

const REFUSED = [
  "bytes=10-",
  "bytes=10-20",
  "bytes=1024-4096",
  "bytes=-0",
  "bytes=-000",
  "bytes=18446744073709551616-",
  `bytes=${"9".repeat(400)}-${"9".repeat(400)}`,
];
for (const header of REFUSED) {
  test(`${header.slice(0, 40)} of ten bytes is not satisfiable`, () =>
    assert.throws(
      () => parseRange(header, 10),
      (thrown) => isAwsError(thrown, "InvalidRange"),
    ));
}

const WHOLE = [
  undefined,
  "",
  "bytes",
  "bytes=",
  "bytes=-",
  "bytes=5-4",
  "bytes=0-1,3-4",
  "items=0-1",
  "bytes=a-b",
  "bytes=1.5-2",
  "bytes=20-10",
  "bytes=0-1,",
  "bytes=-1,-2",
  "bytes= 0-1",
  "bytes=0 -1",
  "bytes =0-1",
  "bytes=+0-1",
  "bytes=--1",
  "bytes=0x0-0x1",
  "bytes=1e0-2",
  "bytes=\u0661-\u0662",
  "bytes:0-1",
  "0-1",
];
for (const header of WHOLE) {
  test(`"${header}" answers with the whole object`, () => assert.equal(parseRange(header, 10), undefined));
}

const TAKEN: [string, number, number][] = [
  ["bytes=0-0", 0, 1],
  ["bytes=0-9", 0, 10],
  ["bytes=9-9", 9, 1],
  ["bytes=3-", 3, 7],
  ["bytes=-3", 7, 3],
  ["bytes=-100", 0, 10],
  ["bytes=5-100", 5, 5],
  ["bytes=0-99999999999999999999", 0, 10],
  ["bytes=-18446744073709551616", 0, 10],
  [`bytes=-${"9".repeat(400)}`, 0, 10],
  [`bytes=9-${"9".repeat(400)}`, 9, 1],
  ["bytes=0000-0001", 0, 2],
  ["  bytes=0-1\t", 0, 2],
];
for (const [header, first, bytes] of TAKEN) {
  test(`${header.slice(0, 40)} of ten bytes`, () => assert.deepEqual(parseRange(header, 10), { first, bytes }));
}

test("nothing of an empty object can be asked for", () => {
  for (const header of ["bytes=0-0", "bytes=0-", "bytes=-1"]) assert.throws(() => parseRange(header, 0));
});

test("a content range names first, last and size", () =>
  assert.equal(contentRange({ first: 3, bytes: 7 }, 10), "bytes 3-9/10"));

const BAD_COPY = [
  "0-8",
  "bytes=-",
  "bytes=-0",
  "bytes=-1-",
  "bytes=-15",
  "bytes=0--1",
  "bytes=0-1,3-4",
  "bytes=1-",
  "bytes=1-0",
  " bytes=0-1",
  "bytes=0 - 1",
  "BYTES=0-1",
  "bytes=1e0-2",
  "",
];
for (const header of BAD_COPY) {
  test(`the copy range ${header} has not the form`, () =>
    assert.throws(() => parseCopyRange(header, 10), /must be of the form bytes=first-last/));
}

test("a copy range outside of its source is refused, one inside is taken", () => {
  assert.throws(() => parseCopyRange("bytes=0-100", 10), /not valid for source object of size: 10/);
  for (const header of ["bytes=0-18446744073709551616", `bytes=0-${"9".repeat(400)}`])
    assert.throws(() => parseCopyRange(header, 10), /not valid for source object of size: 10/);
  assert.throws(() => parseCopyRange("bytes=0-0", 0), /copy range is invalid for the source object size/);
  assert.throws(() => parseCopyRange("bytes=100-200", 10), /copy range is invalid for the source object size/);
  assert.deepEqual(parseCopyRange("bytes=0-8", 10), { first: 0, bytes: 9 });
});
