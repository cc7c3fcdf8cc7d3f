import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bytesOf, externalKey, importInto, refusedImport, STAYS } from "../test-imports.js";
import { arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const NEW = { ...STAYS, ImportType: "NEW_KEY_MATERIAL" };
const describe = async (KeyId: string) => (await kms.call("DescribeKey", { KeyId })).KeyMetadata;
const decrypted = async (CiphertextBlob: Uint8Array) =>
  String((await kms.call("Decrypt", { CiphertextBlob })).Plaintext);
const encrypt = async (KeyId: string) =>
  (await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("text") })).CiphertextBlob;
const all = async (KeyId: string) =>
  (await kms.call("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).Rotations;
const pendingImport = (KeyId: string) => `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`;

/** A key that was rotated to its second material, and a ciphertext of each. */
async function rotatedKey() {
  const KeyId = await externalKey(kms);
  const first = await importInto(kms, KeyId, bytesOf(1));
  const old = await encrypt(KeyId);
  const second = await importInto(kms, KeyId, bytesOf(2), NEW);
  await kms.call("RotateKeyOnDemand", { KeyId });
  return { KeyId, first, second, old, recent: await encrypt(KeyId) };
}

test("the material goes at once, the key waits, and the same bytes bring everything back", async () => {
  const KeyId = await externalKey(kms);
  const KeyMaterialId = await importInto(kms, KeyId, bytesOf(1));
  const blob = await encrypt(KeyId);
  const answer = { KeyId: arnOf(KeyId), KeyMaterialId };
  assert.deepEqual(await kms.call("DeleteImportedKeyMaterial", { KeyId }), answer);
  assert.ok(kms.keyStore.destroyed.some(({ id }) => id === KeyMaterialId));
  const waiting = await describe(KeyId);
  assert.deepEqual([waiting.KeyState, waiting.CurrentKeyMaterialId], ["PendingImport", KeyMaterialId]);
  assert.ok(!("ExpirationModel" in waiting));
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob: blob }), pendingImport(KeyId));
  assert.deepEqual(await kms.call("DeleteImportedKeyMaterial", { KeyId }), answer, "again: nothing left, no error");
  assert.match(await refusedImport(kms, KeyId, bytesOf(2)), /^IncorrectKeyMaterialException/);
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal(await decrypted(blob), "text");
});

test("one missing old material keeps the whole key waiting, for encryption too", async () => {
  const { KeyId, first, second, old, recent } = await rotatedKey();
  await kms.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: first });
  for (const CiphertextBlob of [old, recent]) {
    assert.equal(await kms.refused("Decrypt", { CiphertextBlob }), pendingImport(KeyId));
  }
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pendingImport(KeyId));
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  await importInto(kms, KeyId, bytesOf(2));
  assert.equal((await describe(KeyId)).KeyState, "PendingImport", "the first is still missing");
  assert.deepEqual(
    (await all(KeyId)).map((each) => [each.KeyMaterialId, each.ImportState, each.KeyMaterialState]),
    [
      [first, "PENDING_IMPORT", "NON_CURRENT"],
      [second, "IMPORTED", "CURRENT"],
    ],
  );
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal((await describe(KeyId)).KeyState, "Enabled");
  assert.deepEqual([await decrypted(old), await decrypted(recent)], ["text", "text"]);
});

test("material that waits for its rotation is dropped and forgotten; the key does not notice", async () => {
  const KeyId = await externalKey(kms);
  const first = await importInto(kms, KeyId, bytesOf(1));
  const dropped = { KeyId, KeyMaterialId: await importInto(kms, KeyId, bytesOf(2), NEW) };
  await kms.call("DeleteImportedKeyMaterial", dropped);
  assert.equal((await describe(KeyId)).KeyState, "Enabled");
  assert.deepEqual(
    (await all(KeyId)).map((each) => each.KeyMaterialId),
    [first],
  );
  assert.match(await kms.refused("DeleteImportedKeyMaterial", dropped), /^NotFoundException/);
  const text = `KMSInvalidStateException: No available key material pending rotation for the key: ${arnOf(KeyId)}.`;
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), text);
  await importInto(kms, KeyId, bytesOf(3), NEW);
  await kms.call("RotateKeyOnDemand", { KeyId });
});

test("a disabled key comes back enabled; a key that waits for its end stays there", async () => {
  const KeyId = await externalKey(kms);
  await importInto(kms, KeyId, bytesOf(1));
  await kms.call("DisableKey", { KeyId });
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal((await describe(KeyId)).KeyState, "Disabled", "nothing was missing");
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal((await describe(KeyId)).KeyState, "Enabled");
  await kms.call("ScheduleKeyDeletion", { KeyId });
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  assert.equal((await describe(KeyId)).KeyState, "PendingDeletion");
  const parameters = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" };
  const pendingDeletion = `KMSInvalidStateException: ${arnOf(KeyId)} is pending deletion.`;
  assert.equal(await kms.refused("GetParametersForImport", parameters), pendingDeletion);
  await kms.call("CancelKeyDeletion", { KeyId });
  assert.equal((await describe(KeyId)).KeyState, "PendingImport", "not disabled: it has no material");
  await importInto(kms, KeyId, bytesOf(1));
  assert.equal((await describe(KeyId)).KeyState, "Enabled");
});

test("before any import there is nothing to delete; other keys have nothing of the kind", async () => {
  const KeyId = await externalKey(kms);
  assert.deepEqual(await kms.call("DeleteImportedKeyMaterial", { KeyId }), { KeyId: arnOf(KeyId) });
  const ours = await kms.keyId();
  const text = `UnsupportedOperationException: ${arnOf(ours)} origin is AWS_KMS which is not valid for this operation.`;
  assert.equal(await kms.refused("DeleteImportedKeyMaterial", { KeyId: ours }), text);
  assert.match(await kms.refused("DeleteImportedKeyMaterial", { KeyId }, as("bob")), /^AccessDeniedException/);
  const { response } = await kms.recorded("DeleteImportedKeyMaterial", { KeyId });
  assert.deepEqual(response, { keyId: arnOf(KeyId) });
});
