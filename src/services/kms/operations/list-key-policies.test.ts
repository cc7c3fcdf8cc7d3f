import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("one policy, called default", async () => {
  const KeyId = await kms.keyId();
  assert.deepEqual(await kms.call("ListKeyPolicies", { KeyId }), { PolicyNames: ["default"], Truncated: false });
  assert.match(await kms.refused("ListKeyPolicies", { KeyId }, as("bob")), /^AccessDeniedException/);
});
