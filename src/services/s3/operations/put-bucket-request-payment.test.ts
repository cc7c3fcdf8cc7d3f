import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (Payer: string, parts: object = {}) =>
  house.call("PutBucketRequestPayment", { Bucket: BUCKET, RequestPaymentConfiguration: { Payer } }, parts);

test("the owner pays and nobody else, and only who may says so", async () => {
  await put("BucketOwner");
  await assert.rejects(put("BucketOwner", { caller: userCaller("nobody") }), Denied);
  await assert.rejects(put("Requester"), (thrown) => isAwsError(thrown, "NotImplemented"));
  assert.deepEqual(await house.call("GetBucketRequestPayment", { Bucket: BUCKET }), { Payer: "BucketOwner" });
});
