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

test("GetBucketTagging needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketTagging", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketTagging", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("none is NoSuchTagSet; those of CreateBucket are there from the start", async () => {
  await assert.rejects(house.call("GetBucketTagging", { Bucket: BUCKET }), code("NoSuchTagSet"));
  const Tags = [{ Key: "a", Value: "b" }];
  await house.call("CreateBucket", { Bucket: "tagged-bucket", CreateBucketConfiguration: { Tags } });
  assert.deepEqual(await house.call("GetBucketTagging", { Bucket: "tagged-bucket" }), { TagSet: Tags });
});
