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

test("DeleteBucketTagging needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteBucketTagging", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeleteBucketTagging", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("deleted tags are gone, and deleting none is no error", async () => {
  await house.call("PutBucketTagging", { Bucket: BUCKET, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } });
  await house.call("DeleteBucketTagging", { Bucket: BUCKET });
  await house.call("DeleteBucketTagging", { Bucket: BUCKET });
  await assert.rejects(house.call("GetBucketTagging", { Bucket: BUCKET }), code("NoSuchTagSet"));
});
