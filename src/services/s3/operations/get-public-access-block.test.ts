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

test("GetPublicAccessBlock needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetPublicAccessBlock", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetPublicAccessBlock", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("a new bucket blocks everything; a deleted block is not found", async () => {
  const told = await house.call("GetPublicAccessBlock", { Bucket: BUCKET });
  assert.deepEqual(told["PublicAccessBlockConfiguration"], {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
  await house.call("DeletePublicAccessBlock", { Bucket: BUCKET });
  await assert.rejects(
    house.call("GetPublicAccessBlock", { Bucket: BUCKET }),
    code("NoSuchPublicAccessBlockConfiguration"),
  );
});
