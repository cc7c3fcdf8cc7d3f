import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import type { NamesOf } from "../../kit/index.js";
import { as, openTestService, type TestService } from "./testing.js";

// DryRun, wherever the model has it (kms O-27): the same refusals as the real call, then an error of its own, and
// nothing done.

let kms: TestService;
before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found" });
});
after(() => kms.close());

type Name = NamesOf<typeof import("@aws-sdk/client-kms")>;
const ALICE = "arn:aws:iam::111122223333:user/alice";
const bytes = Buffer.alloc(32, 7);

const SYMMETRIC = {};
const HMAC = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" };
const SIGNS = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" };
const AGREES = { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" };
const KEM = { KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" };
const peer = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
const blobOf = async (KeyId: string) =>
  (await kms.call("Encrypt", { KeyId, Plaintext: bytes }, undefined)).CiphertextBlob;
const grantOn = async (KeyId: string) =>
  (await kms.call("CreateGrant", { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"] })).GrantId;

type Row = readonly [Name, object, (KeyId: string) => object | Promise<object>];

const CRYPTO: readonly Row[] = [
  ["Encrypt", SYMMETRIC, (KeyId) => ({ KeyId, Plaintext: bytes })],
  ["Decrypt", SYMMETRIC, async (KeyId) => ({ CiphertextBlob: await blobOf(KeyId) })],
  ["ReEncrypt", SYMMETRIC, async (KeyId) => ({ CiphertextBlob: await blobOf(KeyId), DestinationKeyId: KeyId })],
  ["GenerateDataKey", SYMMETRIC, (KeyId) => ({ KeyId, KeySpec: "AES_256" })],
  ["GenerateDataKeyWithoutPlaintext", SYMMETRIC, (KeyId) => ({ KeyId, KeySpec: "AES_256" })],
  ["GenerateDataKeyPair", SYMMETRIC, (KeyId) => ({ KeyId, KeyPairSpec: "ECC_NIST_P256" })],
  ["GenerateDataKeyPairWithoutPlaintext", SYMMETRIC, (KeyId) => ({ KeyId, KeyPairSpec: "ECC_NIST_P256" })],
  ["GenerateMac", HMAC, (KeyId) => ({ KeyId, Message: bytes, MacAlgorithm: "HMAC_SHA_256" })],
  ["VerifyMac", HMAC, (KeyId) => ({ KeyId, Message: bytes, MacAlgorithm: "HMAC_SHA_256", Mac: bytes })],
  ["Sign", SIGNS, (KeyId) => ({ KeyId, Message: bytes, SigningAlgorithm: "ECDSA_SHA_256" })],
  ["Verify", SIGNS, (KeyId) => ({ KeyId, Message: bytes, SigningAlgorithm: "ECDSA_SHA_256", Signature: bytes })],
  ["DeriveSharedSecret", AGREES, (KeyId) => ({ KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: peer() })],
  ["Encapsulate", KEM, (KeyId) => ({ KeyId })],
  ["Decapsulate", KEM, (KeyId) => ({ KeyId, Ciphertext: Buffer.alloc(768) })],
];

const GRANTS: readonly Row[] = [
  ["CreateGrant", SYMMETRIC, (KeyId) => ({ KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"] })],
  ["RevokeGrant", SYMMETRIC, async (KeyId) => ({ KeyId, GrantId: await grantOn(KeyId) })],
  ["RetireGrant", SYMMETRIC, async (KeyId) => ({ KeyId, GrantId: await grantOn(KeyId) })],
];

const DRY = "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";

for (const [name, key, inputOf] of [...CRYPTO, ...GRANTS]) {
  test(`${name}: a dry run says that it would have succeeded, and did not`, async () => {
    const KeyId = await kms.keyId(key);
    const input = await inputOf(KeyId);
    const before = await kms.call("GetKeyLastUsage", { KeyId });
    const grants = (await kms.call("ListGrants", { KeyId })).Grants;
    kms.clock.advance(1000);
    assert.equal(await kms.refused(name, { ...input, DryRun: true }), DRY);
    assert.deepEqual(await kms.call("GetKeyLastUsage", { KeyId }), before);
    assert.deepEqual((await kms.call("ListGrants", { KeyId })).Grants, grants);
  });

  test(`${name}: who may not do it is told so by a dry run, too`, async () => {
    const input = await inputOf(await kms.keyId(key));
    assert.match(await kms.refused(name, { ...input, DryRun: true }, as("bob")), /^AccessDeniedException/);
  });
}

for (const [name, key, inputOf] of [...CRYPTO, ...GRANTS.slice(0, 1)]) {
  test(`${name}: the key's state is refused before a dry run is`, async () => {
    const KeyId = await kms.keyId(key);
    const input = await inputOf(KeyId);
    await kms.call("DisableKey", { KeyId });
    assert.match(await kms.refused(name, { ...input, DryRun: true }), /^DisabledException/);
    await kms.call("ScheduleKeyDeletion", { KeyId });
    assert.match(await kms.refused(name, { ...input, DryRun: true }), /^KMSInvalidStateException/);
  });
}

test("DryRun: false is the same as none", async () => {
  const KeyId = await kms.keyId();
  await kms.call("Encrypt", { KeyId, Plaintext: bytes, DryRun: false });
});
