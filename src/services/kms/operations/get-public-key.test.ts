import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { ACCOUNT, REGION } from "../../../kms/testing.js";
import { allow, arnOf, as, inRegion, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "ECC_NIST_P521", KeyUsage: "KEY_AGREEMENT" });
});
after(() => kms.close());

test("the public key comes with what it is for, in exactly one list of algorithms", async () => {
  const rows = [
    ["RSA_2048", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]],
    ["ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]],
    ["ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", ["ED25519_SHA_512", "ED25519_PH_SHA_512"]],
    ["ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]],
    ["ML_DSA_65", "SIGN_VERIFY", "SigningAlgorithms", ["ML_DSA_SHAKE_256"]],
    ["ML_KEM_768", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", ["ML_KEM"]],
  ] as const;
  for (const [KeySpec, KeyUsage, member, algorithms] of rows) {
    const id = await kms.keyId({ KeySpec, KeyUsage });
    const { PublicKey, ...rest } = await kms.call("GetPublicKey", { KeyId: id });
    const told = { KeyId: arnOf(id), KeySpec, CustomerMasterKeySpec: KeySpec, KeyUsage, [member]: algorithms };
    assert.deepEqual(rest, told);
    assert.equal(PublicKey[0], 0x30, "a SubjectPublicKeyInfo begins with a sequence");
    assert.deepEqual((await kms.call("GetPublicKey", { KeyId: id })).PublicKey, PublicKey);
  }
});

test("it is a standard SubjectPublicKeyInfo, and still there in another process and when the key is disabled", async () => {
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  assert.deepEqual(key.asymmetricKeyDetails, { namedCurve: "secp521r1" });
  const other = await (await kms.another()).keys.find(
    arnOf(KeyId),
    { account: ACCOUNT, region: REGION },
    "NotFoundException",
  );
  assert.deepEqual(Buffer.from(other.loaded?.publicKey ?? []), Buffer.from(PublicKey));
  await kms.call("DisableKey", { KeyId });
  assert.deepEqual((await kms.call("GetPublicKey", { KeyId })).PublicKey, PublicKey);
  await kms.call("EnableKey", { KeyId });
});

test("a replica has the same pair: what one Region signs the other verifies", async () => {
  const pair = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY", MultiRegion: true };
  const id = await kms.keyId(pair);
  const there = inRegion("eu-west-1");
  await kms.call("ReplicateKey", { KeyId: id, ReplicaRegion: "eu-west-1" });
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId: id });
  assert.deepEqual((await kms.call("GetPublicKey", { KeyId: id }, there)).PublicKey, PublicKey);
  const input = { KeyId: id, Message: Buffer.from("message"), SigningAlgorithm: "ECDSA_SHA_256" };
  const { Signature } = await kms.call("Sign", input, there);
  assert.equal((await kms.call("Verify", { ...input, Signature })).SignatureValid, true);
});

test("symmetric and HMAC keys have nothing that could be public", async () => {
  for (const input of [{}, { KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" }]) {
    const id = await kms.keyId(input);
    assert.match(await kms.refused("GetPublicKey", { KeyId: id }), /^UnsupportedOperationException/);
  }
});

test("all four forms name the key; a broken ARN is InvalidArnException here", async () => {
  await kms.call("CreateAlias", { AliasName: "alias/pair", TargetKeyId: KeyId });
  const forms = [KeyId, arnOf(KeyId), "alias/pair", arnOf("x").replace("key/x", "alias/pair")];
  for (const form of forms) assert.equal((await kms.call("GetPublicKey", { KeyId: form })).KeyId, arnOf(KeyId));
  assert.match(await kms.refused("GetPublicKey", { KeyId: "arn:aws:s3:::b" }), /^InvalidArnException/);
});

test("whoever may sign may not see the key for that, and looking is no cryptographic use", async () => {
  assert.match(await kms.refused("GetPublicKey", { KeyId }, as("bob", allow("kms:DescribeKey"))), /kms:GetPublicKey/);
  await kms.call("GetPublicKey", { KeyId }, as("bob", allow("kms:GetPublicKey")));
  assert.deepEqual((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage, {});
  const { request, response } = await kms.recorded("GetPublicKey", { KeyId });
  assert.deepEqual([request, response], [{ keyId: KeyId }, null]);
});
