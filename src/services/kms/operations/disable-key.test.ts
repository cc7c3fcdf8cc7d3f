import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("a disabled key describes and lists but neither encrypts nor decrypts", async () => {
  const KeyId = await kms.keyId();
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await kms.call("DisableKey", { KeyId });
  await kms.call("DisableKey", { KeyId });
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  assert.deepEqual([KeyMetadata.KeyState, KeyMetadata.Enabled], ["Disabled", false]);
  const disabled = `DisabledException: ${arnOf(KeyId)} is disabled.`;
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), disabled);
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob }), disabled);
});

test("a policy can spare keys that were used lately", async () => {
  const idle = as(
    "ops",
    allow("kms:*", "*", { Condition: { NumericGreaterThanEquals: { "kms:TrailingDaysWithoutKeyUsage": "30" } } }),
  );
  const KeyId = await kms.keyId();
  kms.clock.advance(29 * 24 * 3600_000);
  assert.match(await kms.refused("DisableKey", { KeyId }, idle), /^AccessDeniedException/);
  kms.clock.advance(24 * 3600_000);
  await kms.call("DisableKey", { KeyId }, idle);
});
