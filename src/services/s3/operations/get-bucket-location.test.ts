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

test("GetBucketLocation needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketLocation", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketLocation", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("us-east-1 is no constraint; another Region is told to callers of any", async () => {
  assert.deepEqual(await house.call("GetBucketLocation", { Bucket: BUCKET }), { LocationConstraint: undefined });
  const CreateBucketConfiguration = { LocationConstraint: "ap-south-1" };
  await house.call("CreateBucket", { Bucket: "far-away", CreateBucketConfiguration });
  assert.deepEqual(await house.call("GetBucketLocation", { Bucket: "far-away" }), { LocationConstraint: "ap-south-1" });
});
