import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("GetBucketVersioning needs permission and a bucket; a new bucket has nothing to tell", async () => {
  const input = { Bucket: BUCKET };
  await assert.rejects(house.call("GetBucketVersioning", input, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(house.call("GetBucketVersioning", { Bucket: "no-such-bucket" }), (thrown) =>
    isAwsError(thrown, "NoSuchBucket"),
  );
  assert.deepEqual(await house.call("GetBucketVersioning", input), {});
});
