import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const begin = async (input: object = {}) =>
  (await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "k", ...input }))["UploadId"];

const upload = (UploadId: unknown, input: object = {}, parts: object = {}) =>
  house.call<Answer>(
    "UploadPart",
    { Bucket: BUCKET, Key: "k", UploadId, PartNumber: 1, ...input },
    { body: testBody([Buffer.from("part")]), ...parts },
  );

test("a part needs permission, a number, its own checksum and no encryption headers", async () => {
  const UploadId = await begin();
  await assert.rejects(upload(UploadId, {}, nobody), Denied);
  await assert.rejects(upload(UploadId, { PartNumber: 10_001 }), code("InvalidArgument"));
  await assert.rejects(upload(UploadId, { ChecksumSHA1: "x" }), code("InvalidRequest"));
  await assert.rejects(upload(UploadId, { ChecksumCRC32: "AAAAAA==" }), code("BadDigest"));
  const headers = { "x-amz-server-side-encryption": "AES256" };
  await assert.rejects(upload(UploadId, {}, { headers }), code("InvalidArgument"));
  assert.equal((await house.call("ListParts", { Bucket: BUCKET, Key: "k", UploadId }))["Parts"], undefined);
});

test("a wrong Content-MD5 is told in base64, as parts do", async () => {
  const ContentMD5 = "CYketZBSTjX8czcs3cXVlg==";
  await assert.rejects(
    upload(await begin(), { ContentMD5 }),
    (thrown) => isAwsError(thrown, "BadDigest") && thrown.fields["ExpectedDigest"] === ContentMD5,
  );
});

test("the checksum that came is told, and the upload's own only if one was chosen", async () => {
  assert.equal((await upload(await begin()))["ChecksumCRC64NVME"], undefined);
  const whole = await begin({ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
  const ChecksumCRC32 = (await upload(whole))["ChecksumCRC32"];
  assert.match(String(ChecksumCRC32), /^.{8}$/);
  assert.equal((await upload(await begin(), { ChecksumCRC32 }))["ChecksumCRC32"], ChecksumCRC32);
});

test("a part of an upload whose checksum is made of its parts' needs one", async () => {
  await assert.rejects(upload(await begin({ ChecksumAlgorithm: "SHA256" })), {
    code: "InvalidRequest",
    message: "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null",
  });
});
