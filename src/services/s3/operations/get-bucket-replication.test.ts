import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

test("GetBucketReplication says that there is none, to who may ask", async () => {
  const get = (parts: object = {}) => house.call("GetBucketReplication", { Bucket: BUCKET }, parts);
  await assert.rejects(get({ caller: userCaller("nobody") }), Denied);
  await assert.rejects(get(), (thrown) => isAwsError(thrown, "ReplicationConfigurationNotFoundError"));
});
