import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const days = (count: number) => count * 24 * 3600_000;

test("the key waits, unusable, for 30 days unless another window is given", async () => {
  const KeyId = await kms.keyId();
  const output = await kms.call("ScheduleKeyDeletion", { KeyId });
  const DeletionDate = new Date(kms.clock.nowMs() + days(30));
  assert.deepEqual(output, { KeyId: arnOf(KeyId), DeletionDate, KeyState: "PendingDeletion", PendingWindowInDays: 30 });
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  assert.deepEqual([KeyMetadata.KeyState, KeyMetadata.DeletionDate], ["PendingDeletion", DeletionDate]);
  const pending = `KMSInvalidStateException: ${arnOf(KeyId)} is pending deletion.`;
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pending);
  assert.equal(await kms.refused("ScheduleKeyDeletion", { KeyId }), pending);
});

test("after the window nothing opens what the key sealed, and the key does not exist", async () => {
  const KeyId = await kms.keyId();
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(days(7));
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  assert.match(
    await kms.refused("Decrypt", { CiphertextBlob }),
    /^AccessDeniedException: .* the resource does not exist in this Region/,
  );
  assert.equal(
    await kms.refused("CancelKeyDeletion", { KeyId }),
    `NotFoundException: Key '${arnOf(KeyId)}' does not exist`,
  );
});

test("windows outside 7 to 30 days are refused; a policy may ask for longer ones", async () => {
  const KeyId = await kms.keyId();
  for (const PendingWindowInDays of [6, 31]) {
    const text = "ValidationException: PendingWindowInDays must be between 7 and 30";
    assert.equal(await kms.refused("ScheduleKeyDeletion", { KeyId, PendingWindowInDays }), text);
  }
  const name = "kms:ScheduleKeyDeletionPendingWindowInDays";
  const careful = as("ops", allow("kms:*", "*", { Condition: { NumericGreaterThanEquals: { [name]: "14" } } }));
  assert.match(await kms.refused("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 13 }, careful), /^AccessDenied/);
  const { response } = await kms.recorded("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 14 }, careful);
  assert.deepEqual(Object.keys(response ?? {}), ["keyId", "keyState", "deletionDate"]);
});
