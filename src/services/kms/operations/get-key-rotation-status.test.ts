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

test("keys that cannot rotate say so, and their schedule cannot be changed", async () => {
  for (const asked of [
    { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" } as const,
    { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" } as const,
  ]) {
    const { KeyId } = (await kms.call("CreateKey", asked)).KeyMetadata;
    const status = await kms.call("GetKeyRotationStatus", { KeyId });
    assert.deepEqual(status, { KeyId: arnOf(KeyId), KeyRotationEnabled: false });
    assert.match(await kms.refused("EnableKeyRotation", { KeyId }), /^UnsupportedOperationException/);
    assert.match(await kms.refused("ListKeyRotations", { KeyId }), /^UnsupportedOperationException/);
  }
});
