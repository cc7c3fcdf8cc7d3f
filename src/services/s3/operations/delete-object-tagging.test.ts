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

test("DeleteObjectTagging needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteObjectTagging", { Bucket: BUCKET, Key: "k" }, nobody), Denied);
  await assert.rejects(house.call("DeleteObjectTagging", { Bucket: "no-such-bucket", Key: "k" }), code("NoSuchBucket"));
});

test("the tags go, the object stays as it was", async () => {
  const { ETag } = await house.put(BUCKET, "k", "x", { Tagging: "a=b" });
  await house.call("DeleteObjectTagging", { Bucket: BUCKET, Key: "k" });
  const got = await house.get(BUCKET, "k");
  assert.deepEqual([got["TagCount"], got.ETag], [undefined, ETag]);
  await assert.rejects(house.call("DeleteObjectTagging", { Bucket: BUCKET, Key: "missing" }), code("NoSuchKey"));
});
