import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const nobody = { caller: userCaller("nobody") };
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

const put = (Rules: object[], parts: object = {}) =>
  house.call("PutBucketOwnershipControls", { Bucket: BUCKET, OwnershipControls: { Rules } }, parts);
const ENFORCED = { ObjectOwnership: "BucketOwnerEnforced" };

test("only one rule, and only the one that keeps ACLs off", async () => {
  await assert.rejects(put([ENFORCED], nobody), Denied);
  await assert.rejects(put([]), code("MalformedXML"));
  await assert.rejects(put([ENFORCED, ENFORCED]), code("MalformedXML"));
  await assert.rejects(put([{ ObjectOwnership: "Everybody" }]), code("MalformedXML"));
  await assert.rejects(put([{ ObjectOwnership: "BucketOwnerPreferred" }]), code("NotImplemented"));
  await put([ENFORCED]);
});

test("put again after they were deleted, the controls are found", async () => {
  await house.call("DeleteBucketOwnershipControls", { Bucket: BUCKET });
  await put([ENFORCED]);
  assert.ok((await house.call("GetBucketOwnershipControls", { Bucket: BUCKET }))["OwnershipControls"]);
});
