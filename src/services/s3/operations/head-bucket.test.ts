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

test("HeadBucket needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("HeadBucket", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("HeadBucket", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("a bucket that is there tells its ARN and Region", async () => {
  const told = { BucketRegion: "us-east-1", BucketArn: `arn:aws:s3:::${BUCKET}`, AccessPointAlias: false };
  assert.deepEqual(await house.call("HeadBucket", { Bucket: BUCKET }), told);
});
