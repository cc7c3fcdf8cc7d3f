import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("the text comes back to the byte, in every state", async () => {
  const root = { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [root] }, null, 3);
  const KeyId = await kms.keyId({ Policy });
  await kms.call("ScheduleKeyDeletion", { KeyId });
  assert.deepEqual(await kms.call("GetKeyPolicy", { KeyId }), { Policy, PolicyName: "default" });
});

test("there is one policy and it is called default", async () => {
  const KeyId = await kms.keyId();
  const other = await kms.refused("GetKeyPolicy", { KeyId, PolicyName: "other" });
  assert.equal(other, "NotFoundException: No such policy exists");
  assert.match(await kms.refused("GetKeyPolicy", { KeyId }, as("bob")), /^AccessDeniedException/);
});

test("a principal that was deleted shows as its unique id", async () => {
  const alice = "arn:aws:iam::111122223333:user/alice";
  kms.principals.set(alice, { kind: "found", uniqueId: "AIDAALICEAAAAAAAAAAAA" });
  const statement = { Effect: "Allow", Action: "kms:*", Resource: "*" };
  const Statement = [{ ...statement, Principal: { AWS: [alice, "arn:aws:iam::111122223333:root"] } }];
  const KeyId = await kms.keyId({ Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  assert.match((await kms.call("GetKeyPolicy", { KeyId })).Policy, /user\/alice/);
  kms.principals.delete(alice);
  const { Policy } = await kms.call("GetKeyPolicy", { KeyId });
  assert.ok(Policy.includes("AIDAALICEAAAAAAAAAAAA") && !Policy.includes("user/alice"));
});
