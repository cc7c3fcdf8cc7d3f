import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addDays, DAY_MS } from "../../base/index.js";
import { findKeyById } from "../../kms/index.js";
import { userCall } from "../../kms/testing.js";
import { bytesOf, externalKey, importInto, refusedImport, STAYS } from "./test-imports.js";
import { arnOf, openTestService, type TestService } from "./testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const describe = async (KeyId: string) => (await kms.call("DescribeKey", { KeyId })).KeyMetadata;
const encrypt = async (KeyId: string) =>
  (await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("text") })).CiphertextBlob;
const runWorkers = async () => {
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
};
const expiryEvents = (KeyId: string) =>
  kms.records.filter(
    ({ eventName, resources }) => eventName === "DeleteExpiredKeyMaterial" && resources?.[0]?.ARN === arnOf(KeyId),
  );
const pendingImport = (KeyId: string) => `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`;

/** A key whose material ends in ten days. */
async function endingKey() {
  const KeyId = await externalKey(kms);
  const ValidTo = addDays(kms.clock.now(), 10);
  return { KeyId, ValidTo, id: await importInto(kms, KeyId, bytesOf(1), { ValidTo }) };
}

test("at its moment the key refuses, whether or not a worker ran, and knows it was there", async () => {
  const { KeyId, id } = await endingKey();
  const blob = await encrypt(KeyId);
  kms.clock.advance(10 * DAY_MS - 1);
  await encrypt(KeyId);
  kms.clock.advance(1);
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob: blob }), pendingImport(KeyId));
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pendingImport(KeyId));
  const metadata = await describe(KeyId);
  assert.deepEqual([metadata.KeyState, metadata.CurrentKeyMaterialId], ["PendingImport", id]);
  assert.ok(!("ValidTo" in metadata) && !("ExpirationModel" in metadata));
  assert.ok(
    kms.keyStore.destroyed.some((material) => material.id === id),
    "the first who asked destroyed it",
  );
  await runWorkers();
  const [event, ...more] = expiryEvents(KeyId);
  assert.deepEqual(more, []);
  assert.deepEqual(event?.serviceEventDetails, { keyId: arnOf(KeyId), keyMaterialId: id });
  assert.equal(event?.eventType, "AwsServiceEvent");
  assert.deepEqual(event?.userIdentity, { accountId: "111122223333", invokedBy: "AWS Internal" });
  assert.match(await refusedImport(kms, KeyId, bytesOf(2)), /^IncorrectKeyMaterialException/);
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal(String((await kms.call("Decrypt", { CiphertextBlob: blob })).Plaintext), "text");
});

test("a process that only ever remembered the key refuses at the same moment", async () => {
  const { KeyId, ValidTo } = await endingKey();
  const other = await kms.another();
  const ref = { account: "111122223333", region: "us-east-1", id: KeyId } as Parameters<typeof other.keys.byRef>[0]; // of a key that was just made
  const remembered = await other.keys.byRef(ref);
  assert.equal(remembered?.expiresAtMs, ValidTo.getTime());
  kms.clock.advance(10 * DAY_MS);
  const found = await findKeyById(other, userCall(), KeyId, { action: "kms:Encrypt", badArn: "NotFoundException" });
  assert.equal(found.key.state, "PendingImport");
  assert.equal(found.materials.size, 0);
});

test("the worker ends material of keys that nobody uses, at its time and not before", async () => {
  const { KeyId, id } = await endingKey();
  kms.clock.advance(10 * DAY_MS - 1);
  await runWorkers();
  assert.equal(expiryEvents(KeyId).length, 0);
  kms.clock.advance(1);
  await runWorkers();
  await runWorkers();
  assert.equal(expiryEvents(KeyId).length, 1);
  assert.ok(kms.keyStore.destroyed.some((material) => material.id === id));
});

test("the earliest end of all that belongs to the key is shown, and stops the whole key", async () => {
  const KeyId = await externalKey(kms);
  const [near, far] = [addDays(kms.clock.now(), 5), addDays(kms.clock.now(), 50)];
  await importInto(kms, KeyId, bytesOf(1), { ValidTo: near });
  const NEW = { ImportType: "NEW_KEY_MATERIAL", ValidTo: far };
  await importInto(kms, KeyId, bytesOf(2), NEW);
  await kms.call("RotateKeyOnDemand", { KeyId });
  assert.deepEqual((await describe(KeyId)).ValidTo, near);
  kms.clock.advance(5 * DAY_MS);
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pendingImport(KeyId));
  assert.deepEqual((await describe(KeyId)).ValidTo, far, "of what is still here");
  await importInto(kms, KeyId, bytesOf(1));
  await encrypt(KeyId);
});

test("material that waits for its rotation ends without a word to the key, and is forgotten", async () => {
  const KeyId = await externalKey(kms);
  await importInto(kms, KeyId, bytesOf(1));
  const ValidTo = addDays(kms.clock.now(), 5);
  const id = await importInto(kms, KeyId, bytesOf(2), { ImportType: "NEW_KEY_MATERIAL", ValidTo });
  assert.ok(!("ValidTo" in (await describe(KeyId))), "what only waits says nothing of the key");
  kms.clock.advance(5 * DAY_MS);
  await encrypt(KeyId);
  const { Rotations } = await kms.call("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
  assert.equal(Rotations.length, 1);
  assert.ok(kms.keyStore.destroyed.some((material) => material.id === id));
  await importInto(kms, KeyId, bytesOf(3), { ...STAYS, ImportType: "NEW_KEY_MATERIAL" });
});

test("killed between the mark and the destruction: nobody uses it, nothing comes in, and the worker ends it", async () => {
  const { KeyId, id } = await endingKey();
  kms.keyStore.failDestroy = true;
  await assert.rejects(kms.call("DeleteImportedKeyMaterial", { KeyId }), /killed here/);
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pendingImport(KeyId));
  assert.match(await refusedImport(kms, KeyId, bytesOf(1)), /^DependencyTimeoutException/);
  kms.keyStore.failDestroy = false;
  await runWorkers();
  assert.match(await refusedImport(kms, KeyId, bytesOf(1)), /^DependencyTimeoutException/, "it may still be alive");
  kms.clock.advance(60_000);
  await runWorkers();
  assert.ok(kms.keyStore.destroyed.some((material) => material.id === id));
  await importInto(kms, KeyId, bytesOf(1));
  await encrypt(KeyId);
});

test("an import that began before a deletion does not count after it", async () => {
  const KeyId = await externalKey(kms);
  const id = await importInto(kms, KeyId, bytesOf(1));
  // Between the import's step in the key store and its commit, its owner deletes the same material.
  const real = kms.keyStore.importMaterial;
  kms.keyStore.importMaterial = async (...args) => {
    const material = await real(...args);
    kms.keyStore.importMaterial = real;
    await kms.call("DeleteImportedKeyMaterial", { KeyId });
    return material;
  };
  assert.match(await refusedImport(kms, KeyId, bytesOf(1)), /^DependencyTimeoutException/);
  assert.equal((await describe(KeyId)).KeyState, "PendingImport");
  assert.equal(await importInto(kms, KeyId, bytesOf(1)), id);
  await encrypt(KeyId);
});
