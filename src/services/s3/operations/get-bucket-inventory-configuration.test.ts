import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { inventory, reportingHouse } from "../inventory/testing.js";
import { BUCKET } from "../testing.js";

const { house } = await reportingHouse();
after(() => house.close());

test("a configuration is shown to who may see it, and one that is not there is missing", async () => {
  const get = (Id: string, parts: object = {}) =>
    house.call("GetBucketInventoryConfiguration", { Bucket: BUCKET, Id }, parts);
  await assert.rejects(get("daily"), (thrown) => isAwsError(thrown, "NoSuchConfiguration") && thrown.status === 404);
  const InventoryConfiguration = inventory();
  await house.call("PutBucketInventoryConfiguration", { Bucket: BUCKET, Id: "daily", InventoryConfiguration });
  await assert.rejects(get("daily", { caller: userCaller("nobody") }), Denied);
  assert.deepEqual(await get("daily"), { InventoryConfiguration });
});
