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

test("DeletePublicAccessBlock needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeletePublicAccessBlock", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeletePublicAccessBlock", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

const Policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` }],
});

test("without the block a public policy may be put, with it not", async () => {
  await assert.rejects(house.call("PutBucketPolicy", { Bucket: BUCKET, Policy }), code("AccessDenied"));
  await house.call("DeletePublicAccessBlock", { Bucket: BUCKET });
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy });
});
