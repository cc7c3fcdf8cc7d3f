import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("the key comes back disabled, with its rotation as it was", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId });
  await kms.call("ScheduleKeyDeletion", { KeyId });
  assert.equal((await kms.call("GetKeyRotationStatus", { KeyId })).KeyRotationEnabled, false);
  assert.deepEqual(await kms.call("CancelKeyDeletion", { KeyId }), { KeyId: arnOf(KeyId) });
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  assert.equal(KeyMetadata.KeyState, "Disabled");
  assert.equal(KeyMetadata.DeletionDate, undefined);
  assert.equal((await kms.call("GetKeyRotationStatus", { KeyId })).KeyRotationEnabled, true);
});

test("only who waits is called back", async () => {
  const KeyId = await kms.keyId();
  const text = `KMSInvalidStateException: ${arnOf(KeyId)} is not pending deletion.`;
  assert.equal(await kms.refused("CancelKeyDeletion", { KeyId }), text);
});
