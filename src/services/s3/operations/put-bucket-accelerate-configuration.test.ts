import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (Status: string | undefined, Bucket = BUCKET, parts: object = {}) =>
  house.call("PutBucketAccelerateConfiguration", { Bucket, AccelerateConfiguration: { Status } }, parts);
const get = () => house.call("GetBucketAccelerateConfiguration", { Bucket: BUCKET });

test("acceleration is turned on and suspended, by who may, and is never unset again", async () => {
  await assert.rejects(put("Enabled", BUCKET, { caller: userCaller("nobody") }), Denied);
  assert.deepEqual(await get(), {});
  await put("Enabled");
  assert.deepEqual(await get(), { Status: "Enabled" });
  for (const bad of ["Disabled", "", undefined]) {
    await assert.rejects(put(bad), (thrown) => isAwsError(thrown, "MalformedXML"));
  }
  assert.deepEqual(await get(), { Status: "Enabled" });
  await put("Suspended");
  assert.deepEqual(await get(), { Status: "Suspended" });
});

test("a name with dots is refused", async () => {
  await house.call("CreateBucket", { Bucket: "name.with.dots" });
  await assert.rejects(put("Enabled", "name.with.dots"), (thrown) => isAwsError(thrown, "InvalidRequest"));
});
