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

const put = (Rules: object[], parts: object = {}) =>
  house.call("PutBucketOwnershipControls", { Bucket: BUCKET, OwnershipControls: { Rules } }, parts);
const ENFORCED = { ObjectOwnership: "BucketOwnerEnforced" };

test("only one rule, of the three that there are", async () => {
  await assert.rejects(put([ENFORCED], nobody), Denied);
  await assert.rejects(put([]), code("MalformedXML"));
  await assert.rejects(put([ENFORCED, ENFORCED]), code("MalformedXML"));
  await assert.rejects(put([{ ObjectOwnership: "Everybody" }]), code("MalformedXML"));
  for (const ObjectOwnership of ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"]) {
    await put([{ ObjectOwnership }]);
    const { OwnershipControls } = await house.call<Answer>("GetBucketOwnershipControls", { Bucket: BUCKET });
    assert.deepEqual(OwnershipControls, { Rules: [{ ObjectOwnership }] });
  }
});

test("lists are not turned off while the bucket's own shares something", async () => {
  await put([{ ObjectOwnership: "ObjectWriter" }]);
  await house.call("PutBucketAcl", { Bucket: BUCKET, ACL: "log-delivery-write" });
  await assert.rejects(put([ENFORCED]), code("InvalidBucketAclWithObjectOwnership"));
  await house.call("PutBucketAcl", { Bucket: BUCKET, ACL: "private" });
  await put([ENFORCED]);
});

test("put again after they were deleted, the controls are found", async () => {
  await house.call("DeleteBucketOwnershipControls", { Bucket: BUCKET });
  await put([ENFORCED]);
  assert.ok((await house.call("GetBucketOwnershipControls", { Bucket: BUCKET }))["OwnershipControls"]);
});
