import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { replicatingHouse } from "../replication/testing.js";
import { BUCKET } from "../testing.js";

const { house, configure } = await replicatingHouse();
after(() => house.close());

test("DeleteBucketReplication needs permission, takes the rules away, and is no error without any", async () => {
  await configure();
  const remove = (parts: object = {}) => house.call("DeleteBucketReplication", { Bucket: BUCKET }, parts);
  await assert.rejects(remove({ caller: userCaller("nobody") }), Denied);
  await house.call("GetBucketReplication", { Bucket: BUCKET });
  await remove();
  await remove();
  const missing = (thrown: unknown) => isAwsError(thrown, "ReplicationConfigurationNotFoundError");
  await assert.rejects(house.call("GetBucketReplication", { Bucket: BUCKET }), missing);
});
