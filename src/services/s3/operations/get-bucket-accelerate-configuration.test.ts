import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("acceleration was never turned on, which is told to who may ask", async () => {
  const nobody = { caller: userCaller("nobody") };
  await assert.rejects(house.call("GetBucketAccelerateConfiguration", { Bucket: BUCKET }, nobody), Denied);
  assert.deepEqual(await house.call("GetBucketAccelerateConfiguration", { Bucket: BUCKET }), {});
});
