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

test("GetBucketOwnershipControls needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketOwnershipControls", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketOwnershipControls", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("a new bucket's owner owns everything in it", async () => {
  assert.deepEqual(await house.call("GetBucketOwnershipControls", { Bucket: BUCKET }), {
    OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
  });
});
