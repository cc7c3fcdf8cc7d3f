import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, beforeEach, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { DAY_MS } from "../../../base/index.js";
import { BUCKET, KEY_ARN, KEY_ID } from "../testing.js";
import { inventory, REPORTS, reportingHouse } from "./testing.js";

const { house, letIn } = await reportingHouse();
after(() => house.close());

/** A Saturday. */
const START = Date.parse("2026-11-21T09:00:00Z");
const run = (afterMs = 0) => house.work("s3.inventory", new Date(START + afterMs));
const configure = (configuration: ReturnType<typeof inventory>) =>
  house.call("PutBucketInventoryConfiguration", {
    Bucket: BUCKET,
    Id: configuration.Id,
    InventoryConfiguration: configuration,
  });
const keys = async () => {
  const { Contents = [] } = await house.call<{ Contents?: { Key: string }[] }>("ListObjectsV2", { Bucket: REPORTS });
  return Contents.map(({ Key }) => Key);
};
const text = async (key: string) => (await house.get(REPORTS, key)).text;

interface Manifest {
  readonly fileSchema: string;
  readonly files: readonly { readonly key: string; readonly size: number; readonly MD5checksum: string }[];
}

/** The lines of the report below that folder, with its manifest held against its files. */
async function report(root: string) {
  const found = await keys();
  const name = found.find((key) => key.startsWith(root) && key.endsWith("/manifest.json")) ?? "";
  const bytes = await text(name);
  const checksum = (await text(name.replace("manifest.json", "manifest.checksum"))).toString();
  assert.equal(checksum, createHash("md5").update(bytes).digest("hex"));
  const manifest = JSON.parse(bytes.toString()) as Manifest; // written by this room
  const lines: string[] = [];
  for (const file of manifest.files) {
    const body = await text(file.key);
    assert.deepEqual([file.size, file.MD5checksum], [body.length, createHash("md5").update(body).digest("hex")]);
    lines.push(...gunzipSync(body).toString().trimEnd().split("\n"));
  }
  return { manifest, lines, name };
}

beforeEach(async () => {
  for (const Id of ["daily", "weekly", "off", "all", "kms"]) {
    await house.call("DeleteBucketInventoryConfiguration", { Bucket: BUCKET, Id }).catch(() => {});
  }
  await letIn();
});

test("a report lists what is there, with the fields that were asked for, and its manifest holds", async () => {
  await house.put(BUCKET, 'in/a b,"c"', "12345");
  await house.put(BUCKET, "in/kms", "1", {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: KEY_ID,
    BucketKeyEnabled: true,
  });
  await house.put(BUCKET, "out", "1");
  const OptionalFields = ["BucketKeyStatus", "EncryptionStatus", "Size", "IsMultipartUploaded"];
  await configure({ ...inventory({}, { Prefix: "reports/" }), ...{ OptionalFields, Filter: { Prefix: "in/" } } });
  await run();
  const { manifest, lines, name } = await report("reports/");
  assert.equal(name, `reports/${BUCKET}/daily/2026-11-21T09-00Z/manifest.json`);
  assert.equal(manifest.fileSchema, "Bucket, Key, Size, IsMultipartUploaded, EncryptionStatus, BucketKeyStatus");
  assert.deepEqual(lines, [
    `"${BUCKET}","in/a%20b%2C%22c%22","5","false","SSE-S3",""`,
    `"${BUCKET}","in/kms","1","false","SSE-KMS","ENABLED"`,
  ]);
});

test("one report a day or a week, none of what is switched off, and none twice", async () => {
  await configure(inventory());
  await configure(inventory({ Id: "weekly", Schedule: { Frequency: "Weekly" } }));
  await configure(inventory({ Id: "off", IsEnabled: false }));
  const count = async (id: string) =>
    (await keys()).filter((key) => key.startsWith(`${BUCKET}/${id}/`) && key.endsWith("manifest.json")).length;
  await run();
  await run(3_600_000);
  assert.deepEqual([await count("daily"), await count("weekly"), await count("off")], [1, 1, 0]);
  await run(DAY_MS); // Sunday, which begins a week
  assert.deepEqual([await count("daily"), await count("weekly")], [2, 2]);
  await run(2 * DAY_MS);
  assert.deepEqual([await count("daily"), await count("weekly")], [3, 2]);
});

test("a destination that does not let S3 in gets its report when it does", async () => {
  await house.call("DeleteBucketPolicy", { Bucket: REPORTS });
  await configure(inventory({}, { Prefix: "later" }));
  await run();
  assert.equal(
    (await keys()).some((key) => key.startsWith("later/")),
    false,
  );
  await letIn();
  await run(60_000);
  assert.ok((await report("later/")).lines.length > 0);
});

test("all versions, under a key", async () => {
  await house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } });
  const { VersionId: first } = await house.put(BUCKET, "v", "1");
  const { VersionId: second } = await house.put(BUCKET, "v", "22");
  const { VersionId: marker } = await house.call("DeleteObject", { Bucket: BUCKET, Key: "v" });
  const all = inventory(
    { Id: "all", IncludedObjectVersions: "All", OptionalFields: ["Size"], Filter: { Prefix: "v" } },
    { Prefix: "all", Encryption: { SSEKMS: { KeyId: KEY_ARN } } },
  );
  await configure(all);
  await run();
  const { manifest, lines, name } = await report("all/");
  assert.equal(manifest.fileSchema, "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size");
  assert.deepEqual(lines, [
    `"${BUCKET}","v","${marker}","true","true",""`,
    `"${BUCKET}","v","${second}","false","false","2"`,
    `"${BUCKET}","v","${first}","false","false","1"`,
  ]);
  const head = await house.call("HeadObject", { Bucket: REPORTS, Key: name });
  assert.deepEqual([head["ServerSideEncryption"], head["SSEKMSKeyId"]], ["aws:kms", KEY_ARN]);
});
