import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId();
});
after(() => kms.close());

const KeyPairSpec = "ECC_NIST_P384";
const refused = (more: object, parts = {}) =>
  kms.refused("GenerateDataKeyPairWithoutPlaintext", { KeyId, KeyPairSpec, ...more }, parts);

test("only the sealed private key is given, and Decrypt opens it for whoever may", async () => {
  const made = await kms.call("GenerateDataKeyPairWithoutPlaintext", { KeyId, KeyPairSpec });
  const members = ["KeyId", "KeyMaterialId", "KeyPairSpec", "PrivateKeyCiphertextBlob", "PublicKey"];
  assert.deepEqual(Object.keys(made).sort(), members);
  assert.deepEqual([made.KeyId, made.KeyPairSpec], [arnOf(KeyId), KeyPairSpec]);
  const { Plaintext } = await kms.call("Decrypt", { CiphertextBlob: made.PrivateKeyCiphertextBlob });
  const privateKey = createPrivateKey({ key: Buffer.from(Plaintext), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  assert.deepEqual(publicKey, Buffer.from(made.PublicKey));
});

test("it is another permission than the one that gives plaintext, and refuses what that one refuses", async () => {
  assert.match(
    await refused({}, as("bob", allow("kms:GenerateDataKeyPair"))),
    /kms:GenerateDataKeyPairWithoutPlaintext/,
  );
  const rsa = await kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  assert.match(await refused({ KeyId: rsa }), /^InvalidKeyUsageException/);
  assert.match(await refused({ KeyPairSpec: "SM2" }), /^UnsupportedOperationException/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
  const other = allow("kms:*", "*", { Condition: { StringNotEquals: { "kms:DataKeyPairSpec": KeyPairSpec } } });
  assert.match(await refused({}, as("bob", other)), /^AccessDeniedException/);
});

test("the record tells spec and material, and the use is noted", async () => {
  const { notes, request, response } = await kms.recorded("GenerateDataKeyPairWithoutPlaintext", {
    KeyId,
    KeyPairSpec,
  });
  assert.deepEqual(request, { keyId: KeyId, keyPairSpec: KeyPairSpec });
  assert.equal(response, null);
  assert.match(String(notes.additionalEventData["keyMaterialId"]), /^[0-9a-f]{64}$/);
  const { KeyLastUsage } = await kms.call("GetKeyLastUsage", { KeyId });
  assert.equal(KeyLastUsage.Operation, "GenerateDataKeyPairWithoutPlaintext");
});
