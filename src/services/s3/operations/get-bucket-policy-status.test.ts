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

test("GetBucketPolicyStatus needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketPolicyStatus", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketPolicyStatus", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("a policy that only denies is not public", async () => {
  await assert.rejects(house.call("GetBucketPolicyStatus", { Bucket: BUCKET }), code("NoSuchBucketPolicy"));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
  });
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy });
  assert.deepEqual(await house.call("GetBucketPolicyStatus", { Bucket: BUCKET }), {
    PolicyStatus: { IsPublic: false },
  });
});
