import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addDays, DAY_MS } from "../../base/index.js";
import { bytesOf, externalKey, importInto, STAYS } from "./test-imports.js";
import { arnOf, openTestService, type TestService } from "./testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const NEW = { ...STAYS, ImportType: "NEW_KEY_MATERIAL" };

test("an imported key rotates to what its owner brought, and only to that", async () => {
  const KeyId = await externalKey(kms);
  const first = await importInto(kms, KeyId, bytesOf(1));
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("old") });
  const none = `KMSInvalidStateException: No available key material pending rotation for the key: ${arnOf(KeyId)}.`;
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), none);
  const second = await importInto(kms, KeyId, bytesOf(2), NEW);
  assert.deepEqual(await kms.call("RotateKeyOnDemand", { KeyId }), { KeyId: arnOf(KeyId) });
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), none, "it waits no more");
  assert.equal((await kms.call("DescribeKey", { KeyId })).KeyMetadata.CurrentKeyMaterialId, second);
  const opened = await kms.call("Decrypt", { CiphertextBlob });
  assert.deepEqual([String(opened.Plaintext), opened.KeyMaterialId], ["old", first]);
  const made = await kms.call("GenerateDataKey", { KeyId, KeySpec: "AES_256" });
  assert.equal(made.KeyMaterialId, second);
  const event = kms.records.find(({ eventName }) => eventName === "RotateKey");
  assert.deepEqual(event?.serviceEventDetails, {
    rotationType: "ON_DEMAND",
    keyOrigin: "EXTERNAL",
    keyId: arnOf(KeyId),
    previousKeyMaterialId: first,
    currentKeyMaterialId: second,
  });
});

test("every member of every entry: completed ones, and with all material the first and the waiting", async () => {
  const KeyId = await externalKey(kms);
  const ValidTo = addDays(kms.clock.now(), 100);
  const first = await importInto(kms, KeyId, bytesOf(1), { ...STAYS, KeyMaterialDescription: "one" });
  const second = await importInto(kms, KeyId, bytesOf(2), { ImportType: "NEW_KEY_MATERIAL", ValidTo });
  await kms.call("RotateKeyOnDemand", { KeyId });
  const RotationDate = kms.clock.now();
  const third = await importInto(kms, KeyId, bytesOf(3), { ...NEW, KeyMaterialDescription: "three" });
  const completed = {
    KeyId: arnOf(KeyId),
    KeyMaterialId: second,
    KeyMaterialState: "CURRENT",
    ImportState: "IMPORTED",
    ExpirationModel: "KEY_MATERIAL_EXPIRES",
    ValidTo,
    RotationDate,
    RotationType: "ON_DEMAND",
  };
  const list = async (members: object) => (await kms.call("ListKeyRotations", { KeyId, ...members })).Rotations;
  assert.deepEqual(await list({}), [completed]);
  const stays = { KeyId: arnOf(KeyId), ImportState: "IMPORTED", ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
  assert.deepEqual(await list({ IncludeKeyMaterial: "ALL_KEY_MATERIAL" }), [
    { ...stays, KeyMaterialId: first, KeyMaterialState: "NON_CURRENT", KeyMaterialDescription: "one" },
    completed,
    { ...stays, KeyMaterialId: third, KeyMaterialState: "PENDING_ROTATION", KeyMaterialDescription: "three" },
  ]);
  await kms.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: first });
  const [gone] = await list({ IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
  assert.deepEqual(gone, {
    KeyId: arnOf(KeyId),
    KeyMaterialId: first,
    KeyMaterialState: "NON_CURRENT",
    ImportState: "PENDING_IMPORT",
    KeyMaterialDescription: "one",
  });
});

test("there is no automatic rotation for it; its status is off, and unsupported while it waits", async () => {
  const KeyId = await externalKey(kms);
  const origin = `UnsupportedOperationException: ${arnOf(KeyId)} origin is EXTERNAL which is not valid for this operation.`;
  assert.equal(await kms.refused("GetKeyRotationStatus", { KeyId }), origin);
  assert.equal(
    await kms.refused("RotateKeyOnDemand", { KeyId }),
    `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`,
  );
  assert.deepEqual(await kms.call("ListKeyRotations", { KeyId }), { Rotations: [], Truncated: false });
  await importInto(kms, KeyId, bytesOf(1));
  assert.deepEqual(await kms.call("GetKeyRotationStatus", { KeyId }), {
    KeyId: arnOf(KeyId),
    KeyRotationEnabled: false,
  });
  for (const name of ["EnableKeyRotation", "DisableKeyRotation"] as const) {
    assert.equal(await kms.refused(name, { KeyId }), origin, name);
  }
  await kms.call("DisableKey", { KeyId });
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), `DisabledException: ${arnOf(KeyId)} is disabled.`);
});

test("twenty-five are the end for an imported key too", async () => {
  const KeyId = await externalKey(kms);
  await importInto(kms, KeyId, bytesOf(100));
  for (let count = 0; count < 25; count++) {
    kms.clock.advance(DAY_MS);
    await importInto(kms, KeyId, bytesOf(101 + count), NEW);
    await kms.call("RotateKeyOnDemand", { KeyId });
  }
  await importInto(kms, KeyId, bytesOf(200), NEW);
  assert.match(
    await kms.refused("RotateKeyOnDemand", { KeyId }),
    /^LimitExceededException: The on-demand rotations limit/,
  );
});
