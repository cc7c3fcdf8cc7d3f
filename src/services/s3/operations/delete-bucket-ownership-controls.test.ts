import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { anonymousCaller, userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("DeleteBucketOwnershipControls needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("DeleteBucketOwnershipControls", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("DeleteBucketOwnershipControls", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("deleted controls are not found, and writers own what they write", async () => {
  await house.call("DeleteBucketOwnershipControls", { Bucket: BUCKET });
  await assert.rejects(
    house.call("GetBucketOwnershipControls", { Bucket: BUCKET }),
    code("OwnershipControlsNotFoundError"),
  );
  await assert.rejects(house.put(BUCKET, "k", "x", { ACL: "public-read" }), code("AccessDenied"));
  await house.call("DeletePublicAccessBlock", { Bucket: BUCKET });
  await house.put(BUCKET, "k", "x", { ACL: "public-read" });
  assert.equal((await house.get(BUCKET, "k", {}, { caller: anonymousCaller() })).text.toString(), "x");
});
