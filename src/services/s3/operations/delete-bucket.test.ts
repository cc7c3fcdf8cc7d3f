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

test("DeleteBucket needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteBucket", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeleteBucket", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("an object keeps its bucket; a bucket made again has nothing of the first", async () => {
  await house.put(BUCKET, "k", "x");
  await assert.rejects(house.call("DeleteBucket", { Bucket: BUCKET }), code("BucketNotEmpty"));
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "k" });
  await house.call("PutBucketTagging", { Bucket: BUCKET, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } });
  await house.call("DeleteBucket", { Bucket: BUCKET });
  await house.call("CreateBucket", { Bucket: BUCKET });
  await assert.rejects(house.call("GetBucketTagging", { Bucket: BUCKET }), code("NoSuchTagSet"));
});
