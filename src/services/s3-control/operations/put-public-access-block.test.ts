import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, TEST_ACCOUNT, userCaller } from "../../../kit/testing.js";
import { controlHouse } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
const may = (action: string) => ({
  caller: userCaller("one", [
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] },
  ]),
});

test("a block is put for the account, and what it leaves out is off", async () => {
  const { call, blocks } = house;
  await call("PutPublicAccessBlock", { PublicAccessBlockConfiguration });
  const off = { IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
  assert.deepEqual([...blocks], [[TEST_ACCOUNT, { ...off, BlockPublicAcls: true }]]);
});

test("only who may put the account's block does: the right for a bucket's is another", async () => {
  const { call, blocks } = house;
  blocks.clear();
  const put = (parts: object, input: object = {}) =>
    call("PutPublicAccessBlock", { PublicAccessBlockConfiguration, ...input }, parts);
  await assert.rejects(put(may("s3:PutBucketPublicAccessBlock")), Denied);
  await assert.rejects(put(may("s3:GetAccountPublicAccessBlock")), Denied);
  const stranger = { caller: userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT) };
  await assert.rejects(put(stranger), Denied, "another account's administrator");
  await assert.rejects(put({}, { AccountId: OTHER_ACCOUNT }), Denied, "another account");
  for (const AccountId of [undefined, "", "nobody"])
    await assert.rejects(put({}, { AccountId }), (thrown) => isAwsError(thrown, "AccessDenied"));
  assert.equal(blocks.size, 0);
  await put(may("s3:PutAccountPublicAccessBlock"));
  assert.equal(blocks.size, 1);
});
