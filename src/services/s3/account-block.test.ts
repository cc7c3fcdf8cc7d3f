import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { ALLOW_ALL, anonymousCaller, OTHER_ACCOUNT, TEST_ACCOUNT, testContext, userCaller } from "../../kit/testing.js";
import { accountBlocks } from "./account-block.js";
import { BUCKET, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());
const blocks = accountBlocks(house.database);
const block = (flags: object | undefined, account = TEST_ACCOUNT) => blocks.put(testContext(), account, flags);

const Bucket = BUCKET;
const refused = (thrown: unknown) => isAwsError(thrown, "AccessDenied");
const anyone = { caller: anonymousCaller() };
const guest = { caller: userCaller("guest", [ALLOW_ALL], OTHER_ACCOUNT) };
const Policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` }],
});
const OTHERS = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const othersThan = (name: keyof typeof OTHERS) => ({ ...OTHERS, [name]: false });

await house.call("PutBucketOwnershipControls", {
  Bucket,
  OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
});
await house.put(Bucket, "open", "x");

beforeEach(async () => {
  await block(undefined);
  // The bucket itself blocks nothing: what is refused below is the account's doing.
  await house.call("DeletePublicAccessBlock", { Bucket });
  await house.call("DeleteBucketPolicy", { Bucket });
  await house.call("PutObjectAcl", { Bucket, Key: "open", ACL: "private" });
});

test("an account has no block until it is put, each flag is kept, and what is left out is off", async () => {
  assert.equal(await blocks.find(TEST_ACCOUNT), undefined);
  await block({ IgnorePublicAcls: true });
  const off = { BlockPublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
  assert.deepEqual(await blocks.find(TEST_ACCOUNT), { ...off, IgnorePublicAcls: true });
  assert.equal(await blocks.find(OTHER_ACCOUNT), undefined);
  await block(undefined);
  assert.equal(await blocks.find(TEST_ACCOUNT), undefined);
});

test("BlockPublicAcls of the account refuses public lists, and nothing else does", async () => {
  const share = () => house.call("PutObjectAcl", { Bucket, Key: "open", ACL: "public-read" });
  await block({ BlockPublicAcls: true });
  await assert.rejects(share(), refused);
  await assert.rejects(house.put(Bucket, "new", "x", { ACL: "public-read" }), refused);
  await assert.rejects(house.call("PutBucketAcl", { Bucket, ACL: "public-read" }), refused);
  await house.call("PutObjectAcl", { Bucket, Key: "open", ACL: "private" });
  await block(othersThan("BlockPublicAcls"));
  await share();
});

test("IgnorePublicAcls of the account takes from a list what it gives to everybody, while it is on", async () => {
  await house.call("PutObjectAcl", { Bucket, Key: "open", ACL: "public-read" });
  assert.equal((await house.get(Bucket, "open", {}, anyone)).text.toString(), "x");
  await block({ IgnorePublicAcls: true });
  await assert.rejects(house.get(Bucket, "open", {}, anyone), Denied);
  await block(othersThan("IgnorePublicAcls"));
  assert.equal((await house.get(Bucket, "open", {}, anyone)).text.toString(), "x");
});

test("BlockPublicPolicy of the account refuses a public policy, and no other", async () => {
  await block({ BlockPublicPolicy: true });
  await assert.rejects(house.call("PutBucketPolicy", { Bucket, Policy }), refused);
  const own = Policy.replace('"Principal":"*"', `"Principal":{"AWS":"${TEST_ACCOUNT}"}`);
  await house.call("PutBucketPolicy", { Bucket, Policy: own });
  await block(othersThan("BlockPublicPolicy"));
  await house.call("PutBucketPolicy", { Bucket, Policy });
});

test("RestrictPublicBuckets of the account lets in nobody from outside by a public policy", async () => {
  await house.call("PutBucketPolicy", { Bucket, Policy });
  assert.equal((await house.get(Bucket, "open", {}, anyone)).text.toString(), "x");
  await block({ RestrictPublicBuckets: true });
  await assert.rejects(house.get(Bucket, "open", {}, anyone), refused);
  await assert.rejects(house.get(Bucket, "open", {}, guest), refused);
  assert.equal((await house.get(Bucket, "open")).text.toString(), "x", "the owner's account comes in");
  await block(othersThan("RestrictPublicBuckets"));
  assert.equal((await house.get(Bucket, "open", {}, anyone)).text.toString(), "x");
});

test("neither block lifts the other's, and another account's counts for nothing", async () => {
  await house.call("PutBucketPolicy", { Bucket, Policy });
  const own = { Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } };
  await house.call("PutPublicAccessBlock", own);
  await block({ RestrictPublicBuckets: false });
  await assert.rejects(house.get(Bucket, "open", {}, anyone), refused);
  await house.call("PutPublicAccessBlock", { Bucket, PublicAccessBlockConfiguration: {} });
  await block({ RestrictPublicBuckets: true });
  await assert.rejects(house.get(Bucket, "open", {}, anyone), refused);
  await block(undefined);
  await block(OTHERS, OTHER_ACCOUNT);
  assert.equal((await house.get(Bucket, "open", {}, anyone)).text.toString(), "x");
  await block(undefined, OTHER_ACCOUNT);
});
