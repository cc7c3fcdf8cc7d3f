import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS, HOUR_MS } from "../../base/index.js";
import { arnOf, openTestService, type TestService } from "./testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const runWorkers = async () => {
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
};
const context = (count: number) => ({ EncryptionContext: { count: String(count) } });
const encrypt = (KeyId: string, count: number) =>
  kms.call("Encrypt", { KeyId, Plaintext: Buffer.from(`text ${count}`), ...context(count) });

test("ten years of rotations: each on its day, and every old ciphertext opens at every time", async () => {
  const period = 90;
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: period });
  const start = kms.clock.nowMs();
  const blobs: Uint8Array[] = [];
  const dataKeys: { blob: Uint8Array; plaintext: Buffer }[] = [];
  const rotations = Math.floor((10 * 365) / period);
  for (let count = 0; count <= rotations; count++) {
    blobs.push((await encrypt(KeyId, count)).CiphertextBlob);
    const made = await kms.call("GenerateDataKey", { KeyId, KeySpec: "AES_256", ...context(count) });
    dataKeys.push({ blob: made.CiphertextBlob, plaintext: Buffer.from(made.Plaintext) });
    await assertAllOpen(KeyId, blobs, dataKeys);
    const { NextRotationDate } = await kms.call("GetKeyRotationStatus", { KeyId });
    assert.equal(NextRotationDate.getTime(), start + (count + 1) * period * DAY_MS, "no drift over the years");
    kms.clock.advance(NextRotationDate.getTime() - kms.clock.nowMs() - HOUR_MS);
    await runWorkers();
    assert.equal((await kms.call("ListKeyRotations", { KeyId })).Rotations.length, count, "not an hour early");
    kms.clock.advance(HOUR_MS);
    await runWorkers();
  }
  assert.ok(kms.clock.nowMs() - start >= 10 * 365 * DAY_MS, "ten years went by");
  const { Rotations } = await kms.call("ListKeyRotations", { KeyId, Limit: 1000 });
  assert.equal(Rotations.length, rotations + 1);
  const expected = Rotations.map((_, at) => start + (at + 1) * period * DAY_MS);
  assert.deepEqual(
    Rotations.map((each) => [each.RotationDate.getTime(), each.RotationType, each.KeyId]),
    expected.map((time) => [time, "AUTOMATIC", arnOf(KeyId)]),
  );
  const events = kms.records.filter(({ eventName }) => eventName === "RotateKey");
  assert.equal(events.length, rotations + 1);
  const chain = events.map(({ serviceEventDetails }) => serviceEventDetails ?? {});
  for (const [at, details] of chain.slice(1).entries()) {
    assert.equal(details["previousKeyMaterialId"], chain[at]?.["currentKeyMaterialId"], "one after the other");
  }
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  assert.equal(KeyMetadata.Arn, arnOf(KeyId));
  assert.equal(KeyMetadata.CurrentKeyMaterialId, chain.at(-1)?.["currentKeyMaterialId"]);
});

async function assertAllOpen(
  KeyId: string,
  blobs: readonly Uint8Array[],
  dataKeys: readonly { blob: Uint8Array; plaintext: Buffer }[],
): Promise<void> {
  const ids = new Set<string>();
  for (const [count, CiphertextBlob] of blobs.entries()) {
    const opened = await kms.call("Decrypt", { CiphertextBlob, ...context(count) });
    assert.equal(String(opened.Plaintext), `text ${count}`);
    assert.equal(opened.KeyId, arnOf(KeyId));
    ids.add(opened.KeyMaterialId);
  }
  assert.equal(ids.size, blobs.length, "each period had material of its own");
  for (const [count, { blob, plaintext }] of dataKeys.entries()) {
    const opened = await kms.call("Decrypt", { CiphertextBlob: blob, ...context(count) });
    assert.ok(plaintext.equals(opened.Plaintext));
  }
}

test("on demand in between moves no schedule, and twenty-five are the end of it", async () => {
  const KeyId = await kms.keyId();
  await kms.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 365 });
  const { NextRotationDate } = await kms.call("GetKeyRotationStatus", { KeyId });
  for (let count = 0; count < 25; count++) {
    kms.clock.advance(10 * DAY_MS);
    assert.deepEqual(await kms.call("RotateKeyOnDemand", { KeyId }), { KeyId: arnOf(KeyId) });
    assert.deepEqual((await kms.call("GetKeyRotationStatus", { KeyId })).NextRotationDate, NextRotationDate);
  }
  const limit = `LimitExceededException: The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arnOf(KeyId)}`;
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), limit);
  kms.clock.advance(115 * DAY_MS);
  await runWorkers();
  assert.equal((await kms.call("ListKeyRotations", { KeyId })).Rotations.at(-1)?.RotationType, "AUTOMATIC");
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), limit, "for the key's life");
});
