import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (Bucket: string, parts: object = {}) =>
  house.call(
    "PutObjectLockConfiguration",
    { Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
    parts,
  );
const versioning = (Status: string) =>
  house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration: { Status } });
const unversioned = (thrown: unknown) =>
  isAwsError(thrown, "InvalidBucketState") &&
  thrown.message === "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";

test("PutObjectLockConfiguration needs permission, a bucket, and versioning that is on", async () => {
  await assert.rejects(put(BUCKET, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(put("no-such-bucket"), (thrown) => isAwsError(thrown, "NoSuchBucket"));
  await assert.rejects(put(BUCKET), unversioned);
  await versioning("Suspended");
  await assert.rejects(put(BUCKET), unversioned);
});

test("a bucket that was there before takes the lock, and keeps its versioning from then on", async () => {
  await versioning("Enabled");
  await put(BUCKET);
  assert.deepEqual(await house.call("GetObjectLockConfiguration", { Bucket: BUCKET }), {
    ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
  });
  await assert.rejects(versioning("Suspended"), (thrown) => isAwsError(thrown, "InvalidBucketState"));
  await versioning("Enabled");
});
