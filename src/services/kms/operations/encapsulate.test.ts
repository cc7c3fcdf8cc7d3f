import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" });
});
after(() => kms.close());

const EncapsulationAlgorithm = "ML_KEM";
const refused = (more: object, parts = {}) =>
  kms.refused("Encapsulate", { KeyId, EncapsulationAlgorithm, ...more }, parts);

test("each call gives another secret of 32 bytes, which Decapsulate gives back", async () => {
  for (const [KeySpec, bytes] of [
    ["ML_KEM_512", 768],
    ["ML_KEM_768", 1088],
    ["ML_KEM_1024", 1568],
  ] as const) {
    const id = await kms.keyId({ KeySpec, KeyUsage: "ENCAPSULATE_DECAPSULATE" });
    const one = await kms.call("Encapsulate", { KeyId: id, EncapsulationAlgorithm });
    const two = await kms.call("Encapsulate", { KeyId: id, EncapsulationAlgorithm });
    assert.deepEqual([one.KeyId, one.EncapsulationAlgorithm], [arnOf(id), "ML_KEM"]);
    assert.equal(one.SharedSecret.length, 32);
    assert.equal(one.SharedSecretCiphertextBlob.length, bytes);
    assert.notDeepEqual(one.SharedSecret, two.SharedSecret);
    const { SharedSecretCiphertextBlob } = one;
    const opened = await kms.call("Decapsulate", { KeyId: id, EncapsulationAlgorithm, SharedSecretCiphertextBlob });
    assert.deepEqual(Buffer.from(opened.SharedSecret), Buffer.from(one.SharedSecret));
  }
});

test("only ML-KEM keys encapsulate, and it needs its own permission", async () => {
  const rsa = await kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  assert.equal(
    await refused({ KeyId: rsa }),
    `InvalidKeyUsageException: ${arnOf(rsa)} key usage is ENCRYPT_DECRYPT which is not valid for Encapsulate.`,
  );
  assert.match(await refused({}, as("bob", allow("kms:Decapsulate"))), /kms:Encapsulate/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
});

test("the record shows no secret, and the use is noted", async () => {
  const { request, response } = await kms.recorded("Encapsulate", { KeyId, EncapsulationAlgorithm });
  assert.deepEqual(request, { keyId: KeyId, encapsulationAlgorithm: "ML_KEM" });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "Encapsulate");
});
