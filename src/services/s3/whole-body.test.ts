import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { BUCKET, type S3House, s3House } from "./testing.js";

let s3: S3House;
before(async () => {
  s3 = await s3House();
});
after(() => s3.close());

const bytes = Buffer.from("<Tagging/>");
const put = (headers: Record<string, string>) =>
  s3.call("PutBucketTagging", { Bucket: BUCKET, Tagging: { TagSet: [] } }, { bytes, headers });
const digest = (algorithm: string, of: Buffer = bytes) => createHash(algorithm).update(of).digest("base64");

test("a body that is not what its digests say is refused", async () => {
  const other = Buffer.from("other");
  await assert.rejects(put({ "content-md5": digest("md5", other) }), { code: "BadDigest" });
  await assert.rejects(put({ "content-md5": "short" }), { code: "InvalidDigest" });
  await assert.rejects(put({ "x-amz-checksum-sha256": digest("sha256", other) }), { code: "BadDigest" });
  await assert.rejects(put({ "x-amz-checksum-crc32": "AAAAAA==" }), { code: "BadDigest" });
});

test("a body that is what its digests say passes", async () => {
  await put({ "content-md5": digest("md5"), "x-amz-checksum-sha256": digest("sha256") });
  await put({ "content-md5": digest("md5") });
  await put({ "x-amz-checksum-sha256": digest("sha256") });
});

test("settings that S3 takes with a digest alone are refused without, others are not", async () => {
  const message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
  await assert.rejects(put({}), { code: "InvalidRequest", message });
  const Bucket = BUCKET;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } };
  const encryption = { Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } };
  await assert.rejects(s3.call("PutBucketEncryption", encryption, { bytes }), { code: "InvalidRequest", message });
  await s3.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } }, { bytes });
});
