import assert from "node:assert/strict";
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { after, before, test } from "node:test";
import type { WrappingAlgorithm } from "../../crypto/index.js";
import { testRsaKey } from "../../crypto/testing.js";
import { externalKey, STAYS, wrapped } from "./test-imports.js";
import { openTestService, type TestService } from "./testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const MESSAGE = Buffer.from("message");
const AES: WrappingAlgorithm = "RSA_AES_KEY_WRAP_SHA_256";

async function bring(KeyId: string, material: Buffer, algorithm: WrappingAlgorithm = AES, members: object = {}) {
  const input = { ...(await wrapped(kms, KeyId, material, algorithm)), ...STAYS, ...members };
  return kms.call("ImportKeyMaterial", input);
}

const refusal = async (KeyId: string, material: Buffer, algorithm: WrappingAlgorithm = AES, members: object = {}) =>
  kms.refused("ImportKeyMaterial", { ...(await wrapped(kms, KeyId, material, algorithm)), ...STAYS, ...members });

const pkcs8 = (pair: { readonly privateKey: KeyObject }) => pair.privateKey.export({ type: "pkcs8", format: "der" });

test("an HMAC key: one material for ever, without an id, and MACs as its owner makes them", async () => {
  const KeyId = await externalKey(kms, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const bytes = Buffer.alloc(40, 7);
  assert.deepEqual(Object.keys(await bring(KeyId, bytes, "RSAES_OAEP_SHA_256")), ["KeyId"]);
  const made = await kms.call("GenerateMac", { KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" });
  assert.ok(createHmac("sha256", bytes).update(MESSAGE).digest().equals(made.Mac));
  assert.match(await refusal(KeyId, Buffer.alloc(40, 8)), /^IncorrectKeyMaterialException/);
  const members = [
    { ImportType: "EXISTING_KEY_MATERIAL" },
    { KeyMaterialDescription: "d" },
    { KeyMaterialId: "0".repeat(64) },
  ];
  for (const member of members) {
    assert.match(await refusal(KeyId, bytes, AES, member), /^UnsupportedOperationException/);
  }
  const named = { KeyId, KeyMaterialId: "0".repeat(64) };
  assert.match(await kms.refused("DeleteImportedKeyMaterial", named), /^UnsupportedOperationException/);
  assert.deepEqual(Object.keys(await kms.call("DeleteImportedKeyMaterial", { KeyId })), ["KeyId"]);
  assert.match(
    await kms.refused("GenerateMac", { KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" }),
    /pending import/,
  );
  await bring(KeyId, bytes);
  await kms.call("VerifyMac", { KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256", Mac: made.Mac });
});

test("an elliptic curve key signs as its owner's does, and its public key is computed", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const KeyId = await externalKey(kms, { KeySpec: "ECC_NIST_P384", KeyUsage: "SIGN_VERIFY" });
  assert.match(await kms.refused("GetPublicKey", { KeyId }), /^KMSInvalidStateException/);
  await bring(KeyId, pkcs8(pair), "RSAES_OAEP_SHA_256");
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  assert.ok(spki.equals((await kms.call("GetPublicKey", { KeyId })).PublicKey));
  const Signature = sign("sha384", MESSAGE, createPrivateKey({ key: pkcs8(pair), format: "der", type: "pkcs8" }));
  const verified = { KeyId, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_384" };
  await kms.call("Verify", { ...verified, Signature });
  await kms.call("Verify", { ...verified, Signature: (await kms.call("Sign", verified)).Signature });
  assert.match(
    await refusal(KeyId, pkcs8(generateKeyPairSync("ec", { namedCurve: "P-384" }))),
    /^IncorrectKeyMaterial/,
  );
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  assert.match(await kms.refused("GetPublicKey", { KeyId }), /^KMSInvalidStateException/);
});

test("an RSA key decrypts what was encrypted to its owner's public key, before and after it came again", async () => {
  const pair = { privateKey: testRsaKey("RSA_2048") };
  const KeyId = await externalKey(kms, { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  await bring(KeyId, pkcs8(pair));
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
  const sealed = await kms.call("Encrypt", { KeyId, Plaintext: MESSAGE, EncryptionAlgorithm });
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  await bring(KeyId, pkcs8(pair));
  const opened = await kms.call("Decrypt", { KeyId, CiphertextBlob: sealed.CiphertextBlob, EncryptionAlgorithm });
  assert.equal(String(opened.Plaintext), "message");
  assert.match(await kms.refused("RotateKeyOnDemand", { KeyId }), /^UnsupportedOperationException$/);
});

test("an Ed25519 key; and what each wrapping is too short for is refused when it is asked for", async () => {
  const pair = generateKeyPairSync("ed25519");
  const KeyId = await externalKey(kms, { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
  await bring(KeyId, pkcs8(pair), "RSAES_OAEP_SHA_1");
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  assert.deepEqual(key.export({ format: "jwk" }), pair.publicKey.export({ format: "jwk" }));
  const ask = (of: string, WrappingAlgorithm: string, WrappingKeySpec: string) => ({
    KeyId: of,
    WrappingAlgorithm,
    WrappingKeySpec,
  });
  const rsa = await externalKey(kms, { KeySpec: "RSA_3072", KeyUsage: "SIGN_VERIFY" });
  const p521 = await externalKey(kms, { KeySpec: "ECC_NIST_P521", KeyUsage: "KEY_AGREEMENT" });
  for (const wrong of [ask(rsa, "RSAES_OAEP_SHA_256", "RSA_4096"), ask(p521, "RSAES_OAEP_SHA_1", "RSA_2048")]) {
    assert.match(await kms.refused("GetParametersForImport", wrong), /^UnsupportedOperationException/);
  }
  await kms.call("GetParametersForImport", ask(rsa, AES, "RSA_2048"));
  await kms.call("GetParametersForImport", ask(p521, "RSAES_OAEP_SHA_1", "RSA_3072"));
});

test("material of another kind than the key is the wrong material", async () => {
  const ec = await externalKey(kms, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const symmetric = await externalKey(kms);
  const key = pkcs8(generateKeyPairSync("ec", { namedCurve: "P-256" }));
  assert.match(await refusal(symmetric, key), /^IncorrectKeyMaterialException/);
  assert.match(await refusal(ec, Buffer.alloc(32, 1)), /^IncorrectKeyMaterialException/);
  assert.match(await refusal(ec, pkcs8(generateKeyPairSync("ec", { namedCurve: "P-384" }))), /^IncorrectKeyMaterial/);
  await bring(ec, key);
});
