import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("GetBucketAcl needs permission and a bucket that is there", async () => {
  await assert.rejects(house.call("GetBucketAcl", { Bucket: BUCKET }, nobody), Denied);
  await assert.rejects(house.call("GetBucketAcl", { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
});

test("the owner may do everything, and nobody else is named", async () => {
  const acl = await house.call<Answer>("GetBucketAcl", { Bucket: BUCKET });
  const { ID } = acl["Owner"] as { ID: string }; // an ACL has an owner
  assert.deepEqual(acl["Grants"], [{ Grantee: { ID, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }]);
});
