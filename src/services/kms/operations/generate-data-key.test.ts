import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("the blob opens to the plaintext under the same context", async () => {
  const KeyId = await kms.keyId();
  const EncryptionContext = { a: "1" };
  const made = await kms.call("GenerateDataKey", { KeyId, KeySpec: "AES_256", EncryptionContext });
  assert.equal(made.Plaintext.length, 32);
  assert.equal(made.KeyId, arnOf(KeyId));
  const opened = await kms.call("Decrypt", { CiphertextBlob: made.CiphertextBlob, EncryptionContext });
  assert.deepEqual(Buffer.from(opened.Plaintext), Buffer.from(made.Plaintext));
  assert.equal(opened.KeyMaterialId, made.KeyMaterialId);
});

test("a spec or a number of bytes, never both and never neither", async () => {
  const KeyId = await kms.keyId();
  const bytes = async (input: object) => (await kms.call("GenerateDataKey", { KeyId, ...input })).Plaintext.length;
  assert.equal(await bytes({ KeySpec: "AES_128" }), 16);
  assert.equal(await bytes({ NumberOfBytes: 1 }), 1);
  assert.equal(await bytes({ NumberOfBytes: 1024 }), 1024);
  const text = "ValidationException: Please specify either number of bytes or key spec.";
  assert.equal(await kms.refused("GenerateDataKey", { KeyId }), text);
  assert.equal(await kms.refused("GenerateDataKey", { KeyId, KeySpec: "AES_256", NumberOfBytes: 32 }), text);
});

test("a dry run, a recipient and a caller without permission get nothing", async () => {
  const input = { KeyId: await kms.keyId(), KeySpec: "AES_256" };
  assert.match(await kms.refused("GenerateDataKey", { ...input, DryRun: true }), /^DryRunOperationException/);
  assert.match(await kms.refused("GenerateDataKey", { ...input, Recipient: {} }), /^ValidationException: Attested/);
  assert.match(await kms.refused("GenerateDataKey", input, as("bob", allow("kms:Encrypt"))), /^AccessDeniedException/);
});

test("the record shows spec and context and no key", async () => {
  const KeyId = await kms.keyId();
  const { request, response, notes } = await kms.recorded("GenerateDataKey", { KeyId, KeySpec: "AES_256" });
  assert.deepEqual(request, { keyId: KeyId, keySpec: "AES_256" });
  assert.equal(response, null);
  assert.ok(notes.additionalEventData["keyMaterialId"]);
});
