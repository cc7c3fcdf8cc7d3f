import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { isAwsError, LIMITS } from "../../../base/index.js";
import { ROLE, TestS3 } from "../testing.js";
import { csvValue, linesOf, valuesOf, WrongManifest } from "./csv.js";
import type { Manifest, Task } from "./job.js";
import { tasksOf } from "./manifest.js";

async function read(s3: TestS3, manifest: Manifest): Promise<Task[]> {
  const tasks: Task[] = [];
  for await (const task of tasksOf(await s3.assume(ROLE, "x"), manifest)) tasks.push(task);
  return tasks;
}

type Fields = NonNullable<NonNullable<Manifest["Spec"]>["Fields"]>;

function csv(text: string | Uint8Array, Fields: Fields = ["Bucket", "Key"]) {
  const s3 = new TestS3();
  const ETag = s3.put("lists/a/manifest.csv", text);
  const Location = { ObjectArn: "arn:aws:s3:::lists/a/manifest.csv", ETag };
  return read(s3, { Spec: { Format: "S3BatchOperations_CSV_20180820", Fields }, Location });
}

test("a line's values, quoted or not, are what they say, and wrong quotes are none", () => {
  assert.deepEqual(valuesOf('a,"b,""c""",,'), ["a", 'b,"c"', "", ""]);
  assert.deepEqual(valuesOf(""), [""]);
  for (const wrong of ['"a', 'a"b', '"a"b', 'a,"b",c"']) assert.equal(valuesOf(wrong), undefined, wrong);
  for (const value of ["plain", 'with "quotes"', "a,b", ""]) assert.deepEqual(valuesOf(csvValue(value)), [value]);
  assert.equal(csvValue("a\r\nb"), '"a b"');
});

test("lines end with either end, and the last needs none", async () => {
  async function* pieces() {
    for (const piece of ["a\r", "\nb\n\nü".slice(0, 5), "c"]) yield Buffer.from(piece);
  }
  const lines: string[] = [];
  for await (const line of linesOf(pieces())) lines.push(line);
  assert.deepEqual(lines, ["a", "b", "", "üc"]);
});

test("keys are decoded, versions kept, other columns and empty lines passed over", async () => {
  assert.deepEqual(await csv("b,a%20b+c%2B%C3%BC\n\nc,d/e\n"), [
    { bucket: "b", key: "a b c+ü" },
    { bucket: "c", key: "d/e" },
  ]);
  const fields: Fields = ["Ignore", "Key", "VersionId", "Bucket"];
  assert.deepEqual(await csv("x,k,v1,b\nx,k,,b", fields), [
    { bucket: "b", key: "k", versionId: "v1" },
    { bucket: "b", key: "k" },
  ]);
});

test("what is no manifest is told with its line", async () => {
  const wrong = (message: RegExp) => (thrown: unknown) =>
    thrown instanceof WrongManifest && message.test(thrown.message);
  await assert.rejects(csv("b,k\nb,k,v"), wrong(/^Line 2 .* 2 fields/));
  await assert.rejects(csv("b"), wrong(/^Line 1 /));
  await assert.rejects(csv('b,"k'), wrong(/^Line 1 /));
  await assert.rejects(csv("b,"), wrong(/names no object/));
  await assert.rejects(csv(",k"), wrong(/names no object/));
  await assert.rejects(csv("b,%ZZ"), wrong(/not URL-encoded/));
  await assert.rejects(csv(Buffer.from([0x62, 0x2c, 0xff])), wrong(/UTF-8/));
  await assert.rejects(csv(`b,${"k".repeat(LIMITS.s3BatchLineChars)}`), wrong(/too long/));
});

test("a manifest that was changed since the job was asked for is not read", async () => {
  const s3 = new TestS3();
  const ETag = s3.put("lists/m", "b,k");
  s3.put("lists/m", "b,other");
  const manifest: Manifest = {
    Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
    Location: { ObjectArn: "arn:aws:s3:::lists/m", ETag, ObjectVersionId: "v7" },
  };
  await assert.rejects(read(s3, manifest), (thrown) => isAwsError(thrown, "PreconditionFailed"));
  assert.equal(s3.inputs("GetObject")[0]?.VersionId, "v7", "the version that is named is asked for");
});

const SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size";

function inventory(rows: string, change: (manifest: Record<string, unknown>) => object = (same) => same, more = "") {
  const s3 = new TestS3();
  const packed = gzipSync(rows);
  s3.put("lists/data/1.csv.gz", packed);
  const MD5checksum = createHash("md5").update(packed).digest("hex");
  const files = [{ key: "data/1.csv.gz", size: packed.length, MD5checksum }];
  const text = JSON.stringify(change({ fileFormat: "CSV", fileSchema: SCHEMA, files })) + more;
  const ETag = s3.put("lists/manifest.json", text);
  const Location = { ObjectArn: "arn:aws:s3:::lists/manifest.json", ETag };
  return read(s3, { Spec: { Format: "S3InventoryReport_CSV_20161130" }, Location });
}

const ROWS =
  '"b","one%20two","v1","true","false","3"\n"b","gone","v2","true","true",""\n"b","old","","false","false","4"\n';

test("an inventory report is a manifest: its own columns count, and delete markers are left out", async () => {
  assert.deepEqual(await inventory(ROWS), [
    { bucket: "b", key: "one two", versionId: "v1" },
    { bucket: "b", key: "old" },
  ]);
});

test("an inventory report that is another one than its manifest says is refused", async () => {
  const wrong = (thrown: unknown) => thrown instanceof WrongManifest;
  const file = (change: object) => (manifest: Record<string, unknown>) => ({
    ...manifest,
    files: [{ ...(manifest["files"] as object[])[0], ...change }],
  });
  await assert.rejects(inventory(ROWS, file({ MD5checksum: "0".repeat(32) })), wrong);
  await assert.rejects(inventory(ROWS, file({ key: 7 })), wrong);
  await assert.rejects(
    inventory(ROWS, (manifest) => ({ ...manifest, fileFormat: "ORC" })),
    wrong,
  );
  await assert.rejects(
    inventory(ROWS, (manifest) => ({ ...manifest, fileSchema: "Bucket, Size" })),
    wrong,
  );
  await assert.rejects(
    inventory(ROWS, (manifest) => ({ ...manifest, files: {} })),
    wrong,
  );
  await assert.rejects(
    inventory(ROWS, () => [], "x"),
    wrong,
  );
  await assert.rejects(inventory('"b","k"\n'), wrong);
});

test("a file that is not compressed as its name says is refused", async () => {
  const s3 = new TestS3();
  s3.put("lists/1.csv.gz", "b,k");
  const files = [{ key: "1.csv.gz", size: 3, MD5checksum: createHash("md5").update("b,k").digest("hex") }];
  const ETag = s3.put("lists/m.json", JSON.stringify({ fileFormat: "CSV", fileSchema: "Bucket, Key", files }));
  const Location = { ObjectArn: "arn:aws:s3:::lists/m.json", ETag };
  const manifest: Manifest = { Spec: { Format: "S3InventoryReport_CSV_20161130" }, Location };
  await assert.rejects(read(s3, manifest), WrongManifest);
});
