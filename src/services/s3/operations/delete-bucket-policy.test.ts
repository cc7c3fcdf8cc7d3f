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

test("DeleteBucketPolicy needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteBucketPolicy", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeleteBucketPolicy", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("with the policy goes what it denied, and a second time nothing happens", async () => {
  const alice = {
    caller: userCaller("alice", [
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
    ]),
  };
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
  });
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy });
  await assert.rejects(house.put(BUCKET, "k", "x", {}, alice), Denied);
  await house.call("DeleteBucketPolicy", { Bucket: BUCKET });
  await house.call("DeleteBucketPolicy", { Bucket: BUCKET });
  await house.put(BUCKET, "k", "x", {}, alice);
});
