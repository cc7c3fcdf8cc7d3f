import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("the owner pays by default, which is told to who may ask", async () => {
  assert.deepEqual(await house.call("GetBucketRequestPayment", { Bucket: BUCKET }), { Payer: "BucketOwner" });
  const nobody = { caller: userCaller("nobody") };
  await assert.rejects(house.call("GetBucketRequestPayment", { Bucket: BUCKET }, nobody), Denied);
  const elsewhere = house.call("GetBucketRequestPayment", { Bucket: "no-such-bucket" });
  await assert.rejects(elsewhere, (thrown) => isAwsError(thrown, "NoSuchBucket"));
});
