import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { KeyStoreError } from "../../../keystore/index.js";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId();
});
after(() => kms.close());

const KeyPairSpec = "ECC_NIST_P256";
const refused = (more: object, parts = {}) =>
  kms.refused("GenerateDataKeyPair", { KeyId, KeyPairSpec, ...more }, parts);

test("the private key comes in the clear and sealed: the same bytes, and the other half of the public key", async () => {
  const EncryptionContext = { a: "1" };
  for (const spec of ["RSA_2048", KeyPairSpec, "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"]) {
    const made = await kms.call("GenerateDataKeyPair", { KeyId, KeyPairSpec: spec, EncryptionContext });
    assert.deepEqual([made.KeyId, made.KeyPairSpec], [arnOf(KeyId), spec]);
    const privateKey = createPrivateKey({ key: Buffer.from(made.PrivateKeyPlaintext), format: "der", type: "pkcs8" });
    const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    assert.deepEqual(publicKey, Buffer.from(made.PublicKey), spec);
    const opened = await kms.call("Decrypt", { CiphertextBlob: made.PrivateKeyCiphertextBlob, EncryptionContext });
    assert.deepEqual(Buffer.from(opened.Plaintext), Buffer.from(made.PrivateKeyPlaintext));
    assert.equal(opened.KeyMaterialId, made.KeyMaterialId);
    const without = { CiphertextBlob: made.PrivateKeyCiphertextBlob };
    assert.equal(await kms.refused("Decrypt", without), "InvalidCiphertextException");
  }
});

test("post-quantum pairs come as their seed, and no two pairs are the same", async () => {
  const pair = () => kms.call("GenerateDataKeyPair", { KeyId, KeyPairSpec: "ML_KEM_768" });
  const [one, two] = [await pair(), await pair()];
  assert.ok(one.PrivateKeyPlaintext.length < 100, "a seed of 64 bytes in its PKCS#8 frame");
  assert.notDeepEqual(one.PrivateKeyPlaintext, two.PrivateKeyPlaintext);
  assert.notDeepEqual(one.PublicKey, two.PublicKey);
});

test("only symmetric keys wrap pairs, SM2 is China's, and a recipient is refused after authorization", async () => {
  const rsa = await kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  const hmac = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  for (const id of [rsa, hmac]) assert.match(await refused({ KeyId: id }), /^InvalidKeyUsageException/);
  assert.match(await refused({ KeyPairSpec: "SM2" }), /^UnsupportedOperationException/);
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: Buffer.from("x") };
  assert.match(await refused({ Recipient }), /^UnsupportedOperationException: Attested recipients/);
  assert.match(await refused({ Recipient }, as("bob")), /^AccessDeniedException/);
  assert.match(await refused({ EncryptionContext: { k: "v".repeat(8192) } }), /^ValidationException/);
});

test("a key whose material lies in a custom key store wraps no pairs; a state that refuses comes first", async () => {
  for (const origin of ["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]) {
    const id = await kms.keyId();
    await kms.database.write(async (tx) => {
      // The origin never changes in a key's life, so the rows have no function for it.
      await tx.run("UPDATE kms_keys SET origin = ? WHERE id = ?", origin, id);
    });
    const text = `UnsupportedOperationException: ${arnOf(id)} origin is ${origin} which is not valid for this operation.`;
    assert.equal(await refused({ KeyId: id }), text);
    assert.equal(await refused({ KeyId: id, DryRun: true }), text);
    await kms.call("DisableKey", { KeyId: id });
    assert.match(await refused({ KeyId: id }), /^DisabledException/);
  }
});

test("too many RSA keys at once are a matter of rate, told as such", async () => {
  const { keyStore } = kms;
  const { generateDataKeyPair } = keyStore;
  keyStore.generateDataKeyPair = () => Promise.reject(new KeyStoreError("busy"));
  const busy = await refused({ KeyPairSpec: "RSA_2048" }).finally(() => {
    keyStore.generateDataKeyPair = generateDataKeyPair;
  });
  assert.match(busy, /^ThrottlingException: You have exceeded the rate at which you may call KMS\./);
});

test("policies see the pair's spec, the sealing algorithm and the context, and a dry run makes nothing", async () => {
  const only = (values: object) =>
    as("a", allow("kms:GenerateDataKeyPair", "*", { Condition: { StringEquals: values } }));
  const mine = only({
    "kms:DataKeyPairSpec": KeyPairSpec,
    "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    "kms:EncryptionContext:team": "a",
  });
  const EncryptionContext = { team: "a" };
  await kms.call("GenerateDataKeyPair", { KeyId, KeyPairSpec, EncryptionContext }, mine);
  assert.match(await refused({}, mine), /^AccessDeniedException/);
  assert.match(await refused({ EncryptionContext, KeyPairSpec: "ECC_NIST_P384" }, mine), /^AccessDeniedException/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
});

test("the record tells spec, context and material, and no key; the use is noted", async () => {
  const input = { KeyId, KeyPairSpec, EncryptionContext: { a: "1" } };
  const { notes, request, response } = await kms.recorded("GenerateDataKeyPair", input);
  assert.deepEqual(request, { keyId: KeyId, keyPairSpec: KeyPairSpec, encryptionContext: { a: "1" } });
  assert.equal(response, null);
  assert.match(String(notes.additionalEventData["keyMaterialId"]), /^[0-9a-f]{64}$/);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "GenerateDataKeyPair");
});
