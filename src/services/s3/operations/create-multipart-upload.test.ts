import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, KEY_ARN, KEY_ID, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("CreateMultipartUpload needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("CreateMultipartUpload", { Bucket: BUCKET, Key: "k" }, nobody), Denied);
  await assert.rejects(
    house.call("CreateMultipartUpload", { Bucket: "no-such-bucket", Key: "k" }),
    code("NoSuchBucket"),
  );
});

const create = (input: object = {}) =>
  house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key: "k", ...input });

test("checksums that cannot be are refused before anything is stored", async () => {
  await assert.rejects(create({ ChecksumType: "COMPOSITE" }), code("InvalidRequest"));
  await assert.rejects(create({ ChecksumAlgorithm: "TEST" }), code("InvalidRequest"));
  await assert.rejects(create({ ChecksumAlgorithm: "CRC64NVME", ChecksumType: "COMPOSITE" }), code("InvalidRequest"));
  await assert.rejects(create({ StorageClass: "OUTPOSTS" }), code("InvalidStorageClass"));
  assert.equal((await house.call("ListMultipartUploads", { Bucket: BUCKET }))["Uploads"], undefined);
});

test("the answer tells encryption and checksum only as far as they were decided", async () => {
  const plain = await create();
  assert.equal(plain["ServerSideEncryption"], "AES256");
  assert.equal(plain["ChecksumAlgorithm"], undefined);
  const asked = await create({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID, ChecksumAlgorithm: "CRC32C" });
  assert.equal(asked["SSEKMSKeyId"], KEY_ARN);
  assert.deepEqual([asked["ChecksumAlgorithm"], asked["ChecksumType"]], ["CRC32C", "COMPOSITE"]);
});
