import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("off at first; on with period and date, also while the key is disabled", async () => {
  const KeyId = await kms.keyId();
  assert.deepEqual(await kms.call("GetKeyRotationStatus", { KeyId }), {
    KeyId: arnOf(KeyId),
    KeyRotationEnabled: false,
  });
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 100 });
  await kms.call("DisableKey", { KeyId });
  assert.deepEqual(await kms.call("GetKeyRotationStatus", { KeyId }), {
    KeyId: arnOf(KeyId),
    KeyRotationEnabled: true,
    RotationPeriodInDays: 100,
    NextRotationDate: new Date(kms.clock.nowMs() + 100 * 24 * 3600_000),
  });
  assert.match(await kms.refused("GetKeyRotationStatus", { KeyId }, as("bob")), /^AccessDeniedException/);
});
