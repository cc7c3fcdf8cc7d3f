import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const call = (name: string, input: object = {}) => house.call(name, { Bucket: BUCKET, ...input });
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("bucket tags: none, put, told, deleted", async () => {
  await assert.rejects(call("GetBucketTagging"), code("NoSuchTagSet"));
  await assert.rejects(
    call("PutBucketTagging", { Tagging: { TagSet: [{ Key: "aws:x", Value: "" }] } }),
    code("InvalidTag"),
  );
  await call("PutBucketTagging", { Tagging: { TagSet: [{ Key: "a", Value: "b" }] } });
  assert.deepEqual(await call("GetBucketTagging"), { TagSet: [{ Key: "a", Value: "b" }] });
  await call("DeleteBucketTagging");
  await assert.rejects(call("GetBucketTagging"), code("NoSuchTagSet"));
});

test("a new bucket blocks public access; the block may be changed and taken away", async () => {
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  assert.deepEqual(await call("GetPublicAccessBlock"), { PublicAccessBlockConfiguration: all });
  await call("PutPublicAccessBlock", { PublicAccessBlockConfiguration: { BlockPublicAcls: true } });
  assert.deepEqual(await call("GetPublicAccessBlock"), {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    },
  });
  await call("DeletePublicAccessBlock");
  await assert.rejects(call("GetPublicAccessBlock"), code("NoSuchPublicAccessBlockConfiguration"));
});

test("the owner owns everything; other ownerships are refused", async () => {
  const enforced = { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } };
  assert.deepEqual(await call("GetBucketOwnershipControls"), enforced);
  await assert.rejects(
    call("PutBucketOwnershipControls", { OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] } }),
    code("NotImplemented"),
  );
  await assert.rejects(call("PutBucketOwnershipControls", { OwnershipControls: { Rules: [] } }), code("MalformedXML"));
  await call("DeleteBucketOwnershipControls");
  await assert.rejects(call("GetBucketOwnershipControls"), code("OwnershipControlsNotFoundError"));
  await call("PutBucketOwnershipControls", enforced);
  assert.deepEqual(await call("GetBucketOwnershipControls"), enforced);
});

test("the ACL is the owner's full control, of bucket and object", async () => {
  await house.put(BUCKET, "k", "x");
  const acl = await call("GetBucketAcl");
  const [grant] = acl["Grants"] as { Permission: string; Grantee: { ID: string } }[]; // there is always one
  assert.equal(grant?.Permission, "FULL_CONTROL");
  assert.match(String(grant?.Grantee.ID), /^[0-9a-f]{64}$/);
  assert.deepEqual(await call("GetObjectAcl", { Key: "k" }), acl);
  await assert.rejects(call("GetObjectAcl", { Key: "missing" }), code("NoSuchKey"));
});

const ABSENT: [string, string][] = [
  ["GetBucketCors", "NoSuchCORSConfiguration"],
  ["GetBucketWebsite", "NoSuchWebsiteConfiguration"],
  ["GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"],
  ["GetBucketReplication", "ReplicationConfigurationNotFoundError"],
  ["GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"],
];
for (const [name, error] of ABSENT) {
  test(`${name} says that nothing is configured, to who may ask`, async () => {
    await assert.rejects(call(name), (thrown) => isAwsError(thrown, error) && thrown.status === 404);
    await assert.rejects(house.call(name, { Bucket: "no-such-bucket" }), code("NoSuchBucket"));
    await assert.rejects(house.call(name, { Bucket: BUCKET }, { caller: userCaller("nobody") }), Denied);
  });
}

for (const name of [
  "GetBucketLogging",
  "GetBucketNotificationConfiguration",
  "GetBucketAccelerateConfiguration",
  "GetBucketVersioning",
]) {
  test(`${name} is empty`, async () => assert.deepEqual(await call(name), {}));
}

test("the owner pays", async () => assert.deepEqual(await call("GetBucketRequestPayment"), { Payer: "BucketOwner" }));
