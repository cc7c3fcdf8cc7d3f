import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const KEYS = [
  "a b",
  "folder/aSubfolder/1",
  "folder/aSubfolder/2",
  "folder/file1",
  "folder/file2",
  "\uff5e",
  "\u{1f600}",
];
for (const key of KEYS) await house.put(BUCKET, key, "content");

const list = (input: object = {}, name = "ListObjectsV2") => house.call<Answer>(name, { Bucket: BUCKET, ...input });
const keys = (answer: Answer) => ((answer["Contents"] ?? []) as { Key: string }[]).map((object) => object.Key); // or none

test("nobody lists without permission", async () => {
  await assert.rejects(house.call("ListObjectsV2", { Bucket: BUCKET }, { caller: userCaller("nobody") }), Denied);
});

test("keys come in the order of their bytes with what a listing tells", async () => {
  const answer = await list();
  assert.deepEqual(keys(answer), KEYS);
  assert.equal(answer["KeyCount"], KEYS.length);
  const [first] = answer["Contents"] as Record<string, unknown>[]; // the bucket is not empty
  assert.equal(first?.["Size"], 7);
  assert.deepEqual(first?.["ChecksumAlgorithm"], ["CRC64NVME"]);
  assert.equal(first?.["Owner"], undefined);
  assert.equal(first?.["ServerSideEncryption"], undefined);
});

test("pages with delimiter and prefix hold prefixes and keys in one order", async () => {
  const query = { Prefix: "folder/", Delimiter: "/", MaxKeys: 1 };
  const first = await list(query);
  assert.deepEqual(first["CommonPrefixes"], [{ Prefix: "folder/aSubfolder/" }]);
  assert.equal(first["IsTruncated"], true);
  const second = await list({ ...query, ContinuationToken: first["NextContinuationToken"] });
  assert.deepEqual(keys(second), ["folder/file1"]);
  const third = await list({ ...query, ContinuationToken: second["NextContinuationToken"] });
  assert.deepEqual(keys(third), ["folder/file2"]);
  assert.equal(third["IsTruncated"], false);
  assert.equal(third["NextContinuationToken"], undefined);
});

test("StartAfter begins behind a key", async () => {
  assert.deepEqual(keys(await list({ StartAfter: "folder/file1" })), KEYS.slice(4));
});

test("tokens of nobody, of another bucket and empty ones are refused", async () => {
  await house.call("CreateBucket", { Bucket: "other-bucket" });
  await house.put("other-bucket", "a", "");
  await house.put("other-bucket", "b", "");
  const { NextContinuationToken: foreign } = await house.call<Answer>("ListObjectsV2", {
    Bucket: "other-bucket",
    MaxKeys: 1,
  });
  for (const ContinuationToken of ["", "x", foreign]) {
    await assert.rejects(
      list({ ContinuationToken }),
      (thrown) =>
        isAwsError(thrown, "InvalidArgument") && thrown.message === "The continuation token provided is incorrect",
    );
  }
});

test("encoded names are encoded everywhere, other encodings are refused", async () => {
  const answer = await list({ EncodingType: "url", Prefix: "a ", Delimiter: "%2F" });
  assert.deepEqual(keys(answer), ["a+b"]);
  assert.equal(answer["Prefix"], "a+");
  assert.equal(answer["Delimiter"], "%252F");
  for (const EncodingType of ["value", ""]) {
    await assert.rejects(list({ EncodingType }), (thrown) => isAwsError(thrown, "InvalidArgument"));
  }
});

test("page sizes are 0 to 1,000", async () => {
  assert.equal((await list({ MaxKeys: 5000 }))["MaxKeys"], 1000);
  assert.equal((await list({ MaxKeys: 0 }))["KeyCount"], 0);
  await assert.rejects(list({ MaxKeys: -1 }), (thrown) => isAwsError(thrown, "InvalidArgument"));
});

test("the first version tells a next marker only with a delimiter, and always the owner", async () => {
  const plain = await list({ MaxKeys: 1 }, "ListObjects");
  assert.equal(plain["NextMarker"], undefined);
  assert.equal(plain["IsTruncated"], true);
  const [first] = plain["Contents"] as Record<string, unknown>[]; // one key was asked for
  assert.ok(first?.["Owner"]);
  const rolled = await list({ MaxKeys: 2, Delimiter: "/" }, "ListObjects");
  assert.equal(rolled["NextMarker"], "folder/");
  assert.deepEqual(keys(await list({ Delimiter: "/", Marker: "folder/" }, "ListObjects")), KEYS.slice(5));
});

test("every object is its own version null", async () => {
  const answer = await list({ MaxKeys: 1 }, "ListObjectVersions");
  const [version] = answer["Versions"] as Record<string, unknown>[]; // one was asked for
  assert.equal(version?.["VersionId"], "null");
  assert.equal(version?.["IsLatest"], true);
  assert.equal(answer["NextKeyMarker"], "a b");
  assert.equal(answer["NextVersionIdMarker"], "null");
  await assert.rejects(list({ VersionIdMarker: "x" }, "ListObjectVersions"), (thrown) =>
    isAwsError(thrown, "InvalidArgument"),
  );
});
