import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("switching on is idempotent and makes the key usable again", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKey", { KeyId });
  await kms.call("DisableKey", { KeyId });
  await kms.call("EnableKey", { KeyId: arnOf(KeyId) });
  await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
});

test("a rotation that came due meanwhile runs at once", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
  await kms.call("DisableKey", { KeyId });
  kms.clock.advance(91 * 24 * 3600_000);
  assert.equal((await kms.call("ListKeyRotations", { KeyId })).Rotations.length, 0);
  const { response } = await kms.recorded("EnableKey", { KeyId });
  assert.deepEqual(response, { keyId: arnOf(KeyId) });
  assert.equal((await kms.call("ListKeyRotations", { KeyId })).Rotations.length, 1);
});

test("an alias is no name for it", async () => {
  assert.equal(await kms.refused("EnableKey", { KeyId: "alias/x" }), "NotFoundException: Invalid keyId 'alias/x'");
});
