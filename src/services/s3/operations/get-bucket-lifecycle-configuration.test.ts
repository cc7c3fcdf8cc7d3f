import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("GetBucketLifecycleConfiguration needs permission, a bucket, and a configuration", async () => {
  const get = (Bucket: string, parts: object = {}) => house.call("GetBucketLifecycleConfiguration", { Bucket }, parts);
  await assert.rejects(get(BUCKET, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(get("no-such-bucket"), (thrown) => isAwsError(thrown, "NoSuchBucket"));
  await assert.rejects(
    get(BUCKET),
    (thrown) =>
      isAwsError(thrown, "NoSuchLifecycleConfiguration") &&
      thrown.message === "The lifecycle configuration does not exist",
  );
});
