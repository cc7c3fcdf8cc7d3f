import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "ML_KEM_768", KeyUsage: "ENCAPSULATE_DECAPSULATE" });
});
after(() => kms.close());

const EncapsulationAlgorithm = "ML_KEM";
const made = () => kms.call("Encapsulate", { KeyId, EncapsulationAlgorithm });
const decapsulate = (blob: Uint8Array, more: object = {}) =>
  kms.call("Decapsulate", { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: blob, ...more });
const refused = (blob: Uint8Array, more: object = {}, parts = {}) =>
  kms.refused("Decapsulate", { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: blob, ...more }, parts);

test("a changed ciphertext, or another key's, opens to a secret that nobody has; always to the same one", async () => {
  const { SharedSecret, SharedSecretCiphertextBlob } = await made();
  const changed = Buffer.from(SharedSecretCiphertextBlob);
  changed[7] = (changed[7] ?? 0) ^ 1;
  const opened = await decapsulate(changed);
  assert.deepEqual(opened, { KeyId: arnOf(KeyId), SharedSecret: opened.SharedSecret, EncapsulationAlgorithm });
  assert.equal(opened.SharedSecret.length, 32);
  assert.notDeepEqual(Buffer.from(opened.SharedSecret), Buffer.from(SharedSecret));
  assert.deepEqual((await decapsulate(changed)).SharedSecret, opened.SharedSecret);
  const other = await kms.keyId({ KeySpec: "ML_KEM_768", KeyUsage: "ENCAPSULATE_DECAPSULATE" });
  const strange = await decapsulate(SharedSecretCiphertextBlob, { KeyId: other });
  assert.notDeepEqual(Buffer.from(strange.SharedSecret), Buffer.from(SharedSecret));
});

test("a ciphertext of another length is invalid, without a word", async () => {
  const blob = Buffer.from((await made()).SharedSecretCiphertextBlob);
  const lengths = [blob.subarray(1), Buffer.concat([blob, Buffer.alloc(1)]), Buffer.alloc(768), Buffer.alloc(1)];
  for (const wrong of lengths) assert.equal(await refused(wrong), "InvalidCiphertextException");
  assert.match(await refused(Buffer.alloc(1), { DryRun: true }), /^DryRunOperationException/);
});

test("only ML-KEM keys decapsulate, and it needs its own permission", async () => {
  const blob = (await made()).SharedSecretCiphertextBlob;
  const symmetric = await kms.keyId();
  assert.match(await refused(blob, { KeyId: symmetric }), /ENCRYPT_DECRYPT which is not valid for Decapsulate\.$/);
  assert.match(await refused(blob, {}, as("bob", allow("kms:Encapsulate"))), /kms:Decapsulate/);
});

test("the record shows neither ciphertext nor secret, and the use is noted", async () => {
  const { SharedSecretCiphertextBlob } = await made();
  const input = { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob };
  const { request, response } = await kms.recorded("Decapsulate", input);
  assert.deepEqual(request, { keyId: KeyId, encapsulationAlgorithm: "ML_KEM" });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "Decapsulate");
});
