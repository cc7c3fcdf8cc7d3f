import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("365 days unless a period is given; calling again restarts the clock", async () => {
  const KeyId = await kms.keyId();
  const status = () => kms.call("GetKeyRotationStatus", { KeyId });
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
  assert.equal((await status()).RotationPeriodInDays, 90);
  kms.clock.advance(24 * 3600_000);
  await kms.call("EnableKeyRotation", { KeyId });
  const { RotationPeriodInDays, NextRotationDate } = await status();
  assert.equal(RotationPeriodInDays, 365);
  assert.equal(NextRotationDate.getTime(), kms.clock.nowMs() + 365 * 24 * 3600_000);
});

test("not on a disabled key, and not against a policy about the period", async () => {
  const KeyId = await kms.keyId();
  const long = as(
    "ops",
    allow("kms:*", "*", { Condition: { NumericLessThanEquals: { "kms:RotationPeriodInDays": "365" } } }),
  );
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 365 }, long);
  assert.match(await kms.refused("EnableKeyRotation", { KeyId, RotationPeriodInDays: 366 }, long), /^AccessDenied/);
  await kms.call("DisableKey", { KeyId });
  assert.equal(await kms.refused("EnableKeyRotation", { KeyId }), `DisabledException: ${arnOf(KeyId)} is disabled.`);
});
