import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, KEY_ID, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("DeleteBucketEncryption needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteBucketEncryption", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeleteBucketEncryption", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("a bucket goes back to SSE-S3, not to nothing, and keeps blocking SSE-C", async () => {
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY_ID } }];
  await house.call("PutBucketEncryption", { Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules } });
  assert.equal((await house.put(BUCKET, "k", "x"))["SSEKMSKeyId"], KEY_ARN);
  await house.call("DeleteBucketEncryption", { Bucket: BUCKET });
  assert.equal((await house.put(BUCKET, "k", "x"))["ServerSideEncryption"], "AES256");
  await assert.rejects(house.put(BUCKET, "k", "x", { SSECustomerAlgorithm: "AES256" }), code("AccessDenied"));
});
