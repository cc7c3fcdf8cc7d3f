import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, KEY_ARN, KEY_ID, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const BODY = Buffer.alloc(300_000, "copy me");
const copy = (from: string, Key: string, input: object = {}, Bucket = BUCKET, parts = {}) =>
  house.call<Answer>("CopyObject", { Bucket, Key, CopySource: `${BUCKET}/${from}`, ...input }, parts);
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const md5 = `"${createHash("md5").update(BODY).digest("hex")}"`;

await house.put(BUCKET, "source", BODY, {
  ContentType: "text/plain",
  Metadata: { a: "b" },
  Tagging: "t=1",
  ServerSideEncryption: "aws:kms",
  SSEKMSKeyId: KEY_ID,
});

test("a copy needs both the right to read and the right to write", async () => {
  const only = (Action: string) =>
    userCaller("half", [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }]);
  await assert.rejects(copy("source", "x", {}, BUCKET, { caller: only("s3:Get*") }), Denied);
  await assert.rejects(copy("source", "x", {}, BUCKET, { caller: only("s3:Put*") }), Denied);
  await assert.rejects(copy("missing", "x"), code("NoSuchKey"));
  await assert.rejects(
    house.call("CopyObject", { Bucket: BUCKET, Key: "x", CopySource: "nobody/k" }),
    code("NoSuchBucket"),
  );
});

test("encryption is the request's or the bucket's, never the source's; the rest comes along", async () => {
  const before = house.keys.calls.length;
  const answer = await copy("source", "target");
  assert.equal(answer["ServerSideEncryption"], "AES256");
  const result = answer["CopyObjectResult"] as Answer; // every copy has one
  assert.equal(result.ETag, md5);
  assert.deepEqual(
    house.keys.calls.slice(before).map((call) => call.operation),
    ["Decrypt"],
  );
  const got = await house.get(BUCKET, "target");
  assert.ok(got.text.equals(BODY));
  assert.equal(got["ContentType"], "text/plain");
  assert.deepEqual(got["Metadata"], { a: "b" });
  assert.equal(got["TagCount"], 1);
});

test("to KMS one key opens and another is made", async () => {
  const before = house.keys.calls.length;
  const answer = await copy("source", "to-kms", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  assert.equal(answer["SSEKMSKeyId"], KEY_ARN);
  assert.deepEqual(
    house.keys.calls.slice(before).map((call) => [call.operation, call.context["aws:s3:arn"]]),
    [
      ["Decrypt", `arn:aws:s3:::${BUCKET}/source`],
      ["GenerateDataKey", `arn:aws:s3:::${BUCKET}/to-kms`],
    ],
  );
});

test("headers and tags are replaced on request", async () => {
  await copy("source", "replaced", { MetadataDirective: "REPLACE", TaggingDirective: "REPLACE", Metadata: { c: "d" } });
  const got = await house.get(BUCKET, "replaced");
  assert.equal(got["ContentType"], "binary/octet-stream");
  assert.deepEqual(got["Metadata"], { c: "d" });
  assert.equal(got["TagCount"], undefined);
});

test("onto itself only with a change, or where the bucket's encryption was chosen", async () => {
  await house.put(BUCKET, "self", BODY);
  await assert.rejects(copy("self", "self"), code("InvalidRequest"));
  await assert.rejects(copy("self", "self", { ACL: "private" }), code("InvalidRequest"));
  await copy("self", "self", { ServerSideEncryption: "AES256" });
  await copy("self", "self", { StorageClass: "STANDARD" });
  await copy("self", "self", { MetadataDirective: "REPLACE" });
  await house.call("PutBucketEncryption", {
    Bucket: BUCKET,
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }] },
  });
  await copy("self", "self");
  assert.ok((await house.get(BUCKET, "self")).text.equals(BODY));
});

test("a failed condition on the source stops the copy", async () => {
  await assert.rejects(copy("source", "cond", { CopySourceIfMatch: "other" }), code("PreconditionFailed"));
  await assert.rejects(copy("source", "cond", { CopySourceIfNoneMatch: "*" }), code("PreconditionFailed"));
  await assert.rejects(house.get(BUCKET, "cond"), code("NoSuchKey"));
});

test("conditions of copies look at the version that is read and at what stands in its place now", async () => {
  const Bucket = "bucket-with-versions";
  await house.call("CreateBucket", { Bucket });
  await house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
  const [old, latest] = [await house.put(Bucket, "k", "old"), await house.put(Bucket, "k", "latest")];
  const to = (Key: string, input: object) => house.call<Answer>("CopyObject", { Bucket, Key, ...input });
  const source = (versionId?: unknown) => ({ CopySource: `${Bucket}/k${versionId ? `?versionId=${versionId}` : ""}` });
  const failed = code("PreconditionFailed");

  // Of the source: the version that was named, else the latest.
  await assert.rejects(to("a", { ...source(), CopySourceIfMatch: old.ETag }), failed);
  await assert.rejects(to("a", { ...source(old["VersionId"]), CopySourceIfMatch: latest.ETag }), failed);
  await assert.rejects(to("a", { ...source(old["VersionId"]), CopySourceIfNoneMatch: old.ETag }), failed);
  const made = await to("a", { ...source(old["VersionId"]), CopySourceIfMatch: old.ETag });
  assert.equal(made["CopySourceVersionId"], old["VersionId"]);

  // Of the destination: the current object alone; under a delete marker there is none.
  await assert.rejects(to("a", { ...source(), IfNoneMatch: "*" }), failed);
  await assert.rejects(to("a", { ...source(), IfMatch: latest.ETag }), failed);
  await to("a", { ...source(), IfMatch: old.ETag });
  await assert.rejects(to("a", { ...source(), IfMatch: old.ETag }), failed);
  await house.call("DeleteObject", { Bucket, Key: "a" });
  await assert.rejects(to("a", { ...source(), IfMatch: latest.ETag }), code("NoSuchKey"));
  await to("a", { ...source(), IfNoneMatch: "*" });
  const { text } = await house.get(Bucket, "a");
  assert.equal(text.toString(), "latest");

  // A hidden source is missing, and a marker is no source at all; neither depends on conditions.
  const marker = await house.call("DeleteObject", { Bucket, Key: "k" });
  await assert.rejects(to("b", { ...source(), CopySourceIfNoneMatch: "x" }), code("NoSuchKey"));
  await assert.rejects(to("b", { ...source(marker["VersionId"]), CopySourceIfMatch: "*" }), code("InvalidRequest"));
  // An older version over its own key, where a marker stands.
  await to("k", { ...source(old["VersionId"]), IfNoneMatch: "*" });
  assert.equal((await house.get(Bucket, "k")).text.toString(), "old");
});

test("another checksum may be chosen for the copy", async () => {
  const answer = await copy("target", "summed", { ChecksumAlgorithm: "SHA256" });
  const result = answer["CopyObjectResult"] as Answer; // every copy has one
  assert.equal(result["ChecksumSHA256"], createHash("sha256").update(BODY).digest("base64"));
});

test("parts are copied by range and refuse what is outside", async () => {
  const { UploadId } = await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "parts" });
  const part = (CopySourceRange: string) =>
    house.call<Answer>("UploadPartCopy", {
      Bucket: BUCKET,
      Key: "parts",
      UploadId,
      PartNumber: 1,
      CopySource: `${BUCKET}/source`,
      CopySourceRange,
    });
  await assert.rejects(part("bytes=0-300000"), code("InvalidArgument"));
  const { CopyPartResult } = (await part("bytes=100000-299999")) as { CopyPartResult?: Answer }; // its answer's only member
  const wanted = BODY.subarray(100_000);
  assert.equal(CopyPartResult?.ETag, `"${createHash("md5").update(wanted).digest("hex")}"`);
  const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
  await house.call("CompleteMultipartUpload", { Bucket: BUCKET, Key: "parts", UploadId, MultipartUpload: { Parts } });
  assert.ok((await house.get(BUCKET, "parts")).text.equals(wanted));
});
