import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { inventory, reportingHouse } from "../inventory/testing.js";
import { BUCKET } from "../testing.js";

const { house } = await reportingHouse();
after(() => house.close());

test("a configuration is deleted by who may put one, once, and the others stay", async () => {
  const remove = (Id: string, parts: object = {}) =>
    house.call("DeleteBucketInventoryConfiguration", { Bucket: BUCKET, Id }, parts);
  for (const Id of ["one", "two"]) {
    const InventoryConfiguration = inventory({ Id });
    await house.call("PutBucketInventoryConfiguration", { Bucket: BUCKET, Id, InventoryConfiguration });
  }
  await assert.rejects(remove("one", { caller: userCaller("nobody") }), Denied);
  await remove("one");
  await assert.rejects(remove("one"), (thrown) => isAwsError(thrown, "NoSuchConfiguration"));
  await house.call("GetBucketInventoryConfiguration", { Bucket: BUCKET, Id: "two" });
  await remove("two");
  const left = await house.call("ListBucketInventoryConfigurations", { Bucket: BUCKET });
  assert.deepEqual(left, { IsTruncated: false });
});
