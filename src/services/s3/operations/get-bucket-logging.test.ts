import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("GetBucketLogging is empty where nothing is logged, and for those alone who may ask", async () => {
  const get = (Bucket: string, parts: object = {}) => house.call("GetBucketLogging", { Bucket }, parts);
  await assert.rejects(get(BUCKET, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(get("no-such-bucket"), (thrown) => isAwsError(thrown, "NoSuchBucket"));
  assert.deepEqual(await get(BUCKET), {});
});
