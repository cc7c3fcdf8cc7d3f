import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("switched off, only that is told; a disabled key is left as it is", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId });
  assert.match(await kms.refused("DisableKeyRotation", { KeyId }, as("bob")), /^AccessDeniedException/);
  await kms.call("DisableKeyRotation", { KeyId });
  const status = await kms.call("GetKeyRotationStatus", { KeyId });
  assert.deepEqual(Object.keys(status).sort(), ["KeyId", "KeyRotationEnabled"]);
  await kms.call("DisableKey", { KeyId });
  assert.match(await kms.refused("DisableKeyRotation", { KeyId }), /^DisabledException/);
});
