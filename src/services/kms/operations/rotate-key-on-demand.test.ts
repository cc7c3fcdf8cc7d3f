import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("new material encrypts at once, and the schedule stays", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId });
  const before = await kms.call("GetKeyRotationStatus", { KeyId });
  const material = async () => (await kms.call("DescribeKey", { KeyId })).KeyMetadata.CurrentKeyMaterialId;
  const old = await material();
  assert.deepEqual(await kms.call("RotateKeyOnDemand", { KeyId }), { KeyId: arnOf(KeyId) });
  assert.notEqual(await material(), old);
  assert.deepEqual(await kms.call("GetKeyRotationStatus", { KeyId }), before);
  const event = kms.records.at(-1);
  assert.equal(event?.eventName, "RotateKey");
  assert.equal(event?.serviceEventDetails?.["rotationType"], "ON_DEMAND");
});

test("no twenty-sixth time, and never on a disabled key", async () => {
  const KeyId = await kms.keyId();
  for (let count = 0; count < 25; count++) await kms.call("RotateKeyOnDemand", { KeyId });
  assert.match(
    await kms.refused("RotateKeyOnDemand", { KeyId }),
    /^LimitExceededException: The on-demand rotations limit/,
  );
  await kms.call("DisableKey", { KeyId });
  assert.match(await kms.refused("RotateKeyOnDemand", { KeyId }), /^DisabledException/);
});
