import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const begin = async (input: object = {}) =>
  (await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "k", ...input }))["UploadId"];

await house.put(BUCKET, "source", "0123456789");
const copy = (UploadId: unknown, input: object = {}, parts: object = {}) =>
  house.call<Answer>(
    "UploadPartCopy",
    { Bucket: BUCKET, Key: "k", UploadId, PartNumber: 1, CopySource: `${BUCKET}/source`, ...input },
    parts,
  );

test("a copied part needs both permissions, a source, an upload and conditions that hold", async () => {
  const UploadId = await begin();
  await assert.rejects(copy(UploadId, {}, nobody), Denied);
  await assert.rejects(copy(UploadId, { CopySource: `${BUCKET}/missing` }), code("NoSuchKey"));
  await assert.rejects(copy("fakeid"), code("NoSuchUpload"));
  await assert.rejects(copy(UploadId, { CopySourceIfMatch: "other" }), code("PreconditionFailed"));
  await assert.rejects(copy(UploadId, { CopySourceRange: "0-8" }), code("InvalidArgument"));
});

test("a range of the source becomes a part", async () => {
  const UploadId = await begin();
  const { CopyPartResult } = (await copy(UploadId, { CopySourceRange: "bytes=2-5" })) as { CopyPartResult?: Answer }; // always there
  const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
  await house.call("CompleteMultipartUpload", { Bucket: BUCKET, Key: "k", UploadId, MultipartUpload: { Parts } });
  assert.equal((await house.get(BUCKET, "k")).text.toString(), "2345");
});
