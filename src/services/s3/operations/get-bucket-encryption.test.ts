import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("GetBucketEncryption needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketEncryption", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketEncryption", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("the rule is told with its flag and its key as it was written", async () => {
  const applied = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/mine" };
  const Rules = [{ ApplyServerSideEncryptionByDefault: applied }];
  await house.call("PutBucketEncryption", { Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules } });
  const told = (await house.call("GetBucketEncryption", { Bucket: BUCKET }))["ServerSideEncryptionConfiguration"];
  const BlockedEncryptionTypes = { EncryptionType: ["SSE-C"] };
  assert.deepEqual(told, {
    Rules: [{ ApplyServerSideEncryptionByDefault: applied, BucketKeyEnabled: false, BlockedEncryptionTypes }],
  });
});
