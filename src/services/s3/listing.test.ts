import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afterKey,
  type Listing,
  type ListingRow,
  listPage,
  type Position,
  type ReadRows,
  successor,
  urlEncoded,
} from "./listing.js";

interface Row extends ListingRow {
  readonly name: string;
}

function reader(keys: readonly string[]): ReadRows<Row> & { rowsRead: number } {
  const rows = keys.map((name) => ({ key: Buffer.from(name), id: "null", name })).sort((a, b) => a.key.compare(b.key));
  const read = async (from: Position, before: Buffer | undefined, limit: number) => {
    const found = rows
      .filter((row) => row.key.compare(from.key) > 0 || (row.key.equals(from.key) && row.id > from.id))
      .filter((row) => before === undefined || row.key.compare(before) < 0)
      .slice(0, limit);
    counted.rowsRead += found.length;
    return found;
  };
  const counted = Object.assign(read, { rowsRead: 0 });
  return counted;
}

const names = (listing: Listing<Row>) =>
  listing.entries.map((entry) => ("row" in entry ? entry.row.name : `${entry.prefix.toString()}…`));

function page(keys: readonly string[], prefix: string, delimiter: string, limit = 1000, after?: string) {
  const read = reader(keys);
  const position = after === undefined ? undefined : afterKey(Buffer.from(after));
  return listPage({ prefix, delimiter, limit, after: position }, read, read);
}

test("nothing is listed outside of the prefix", async () => {
  const keys = ["test", "test/", "test/a", "test0", "tesu", "tes", "test/\u{10ffff}"];
  assert.deepEqual(names(await page(keys, "test/", "")), ["test/", "test/a", "test/\u{10ffff}"]);
  assert.deepEqual(names(await page(keys, "nothing", "")), []);
});

test("keys come in the order of their UTF-8 bytes, not of UTF-16", async () => {
  const keys = ["\u{1f600}", "\uff5e", "z", "Z", "é", "e\u0301", "a b", "a+b", "%2F"];
  const expected = ["%2F", "Z", "a b", "a+b", "e\u0301", "z", "é", "\uff5e", "\u{1f600}"];
  assert.deepEqual(names(await page(keys, "", "")), expected);
});

test("a page of none is empty and not truncated", async () => {
  assert.deepEqual(await page(["a"], "", "", 0), { entries: [], truncated: false });
});

test("common prefixes count as entries, in order with the keys, and only past the prefix", async () => {
  const keys = ["a/1", "a/2", "b", "c/d/e", "c0"];
  assert.deepEqual(names(await page(keys, "", "/")), ["a/…", "b", "c/…", "c0"]);
  assert.deepEqual(names(await page(keys, "a/", "/")), ["a/1", "a/2"]);
  assert.deepEqual(names(await page(keys, "c/", "/")), ["c/d/…"]);
});

test("exactly full pages are not truncated, one entry more is", async () => {
  assert.equal((await page(["a", "b"], "", "", 2)).truncated, false);
  assert.equal((await page(["a", "b", "c"], "", "", 2)).truncated, true);
  assert.equal((await page(["a/1", "a/2", "b/1"], "", "/", 2)).truncated, false);
  assert.equal((await page(["a/1", "b/1", "b/2"], "", "/", 1)).truncated, true);
});

test("a marker inside of a common prefix does not bring the prefix back", async () => {
  const keys = ["folder/aSubfolder/1", "folder/aSubfolder/2", "folder/file1", "folder/file2"];
  for (const marker of ["folder/aSubfolder/", "folder/aSubfolder/1"]) {
    assert.deepEqual(names(await page(keys, "folder/", "/", 1, marker)), ["folder/file1"]);
  }
});

test("paging by any size gives each entry once", async () => {
  const keys = Array.from({ length: 300 }, (_, n) => (n % 3 ? `d${n % 7}/k${n}` : `k${n}`));
  const whole = names(await page(keys, "", "/"));
  for (const limit of [1, 2, 7, 100, 1000]) {
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const listing = await page(keys, "", "/", limit, after);
      seen.push(...names(listing));
      const last = listing.entries[listing.entries.length - 1]!;
      after = "row" in last ? last.row.name : last.prefix.toString();
      more = listing.truncated;
    }
    assert.deepEqual(seen, whole);
  }
});

test("what a common prefix hides is jumped over, not read", async () => {
  const keys = Array.from({ length: 20_000 }, (_, n) => `folder${n % 4}/${n}`);
  const read = reader(keys);
  const listing = await listPage({ prefix: "", delimiter: "/", after: undefined, limit: 1000 }, read, read);
  assert.equal(listing.entries.length, 4);
  assert.ok(read.rowsRead < 100, `${read.rowsRead} rows were read`);
});

test("the successor of a prefix is above everything that it starts", () => {
  assert.deepEqual(successor(Buffer.from("a/")), Buffer.from("a0"));
  assert.equal(successor(Buffer.alloc(0)), undefined);
  assert.deepEqual(successor(Buffer.from([0x61, 0xff])), Buffer.from([0x62]));
});

test("names are url-encoded as S3 does it", () => {
  assert.equal(urlEncoded("a b/ü+'(~)*"), "a+b/%C3%BC%2B%27%28%7E%29*");
});
