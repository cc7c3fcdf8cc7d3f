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

test("GetObjectAcl needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetObjectAcl", { Bucket: BUCKET, Key: "k" }, nobody), Denied);
  await assert.rejects(house.call("GetObjectAcl", { Bucket: "no-such-bucket", Key: "k" }), code("NoSuchBucket"));
});

test("an object's ACL is its bucket's", async () => {
  await assert.rejects(house.call("GetObjectAcl", { Bucket: BUCKET, Key: "k" }), code("NoSuchKey"));
  await house.put(BUCKET, "k", "x");
  assert.deepEqual(
    await house.call("GetObjectAcl", { Bucket: BUCKET, Key: "k" }),
    await house.call("GetBucketAcl", { Bucket: BUCKET }),
  );
});
