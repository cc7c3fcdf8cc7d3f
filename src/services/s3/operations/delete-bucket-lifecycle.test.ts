import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const input = { Bucket: BUCKET };

test("DeleteBucketLifecycle needs permission and a bucket; it takes the rules away, and succeeds without any", async () => {
  await assert.rejects(house.call("DeleteBucketLifecycle", input, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(house.call("DeleteBucketLifecycle", { Bucket: "no-such-bucket" }), (thrown) =>
    isAwsError(thrown, "NoSuchBucket"),
  );
  await house.call("PutBucketLifecycleConfiguration", {
    ...input,
    LifecycleConfiguration: { Rules: [{ Status: "Enabled", Filter: {}, Expiration: { Days: 1 } }] },
  });
  await house.call("DeleteBucketLifecycle", input);
  await house.call("DeleteBucketLifecycle", input);
  await assert.rejects(house.call("GetBucketLifecycleConfiguration", input), (thrown) =>
    isAwsError(thrown, "NoSuchLifecycleConfiguration"),
  );
});
