import assert from "node:assert/strict";
import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let rsa: string;
before(async () => {
  kms = await openTestService();
  rsa = await newRsa();
});
after(() => kms.close());

/** Primes take their time: the tests share their RSA keys. */
const newRsa = () => kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });

const Plaintext = Buffer.from("the plaintext");

test("what was encrypted is another text each time and names its key by ARN", async () => {
  const KeyId = await kms.keyId();
  const one = await kms.call("Encrypt", { KeyId, Plaintext });
  const two = await kms.call("Encrypt", { KeyId, Plaintext });
  assert.deepEqual(Object.keys(one).sort(), ["CiphertextBlob", "EncryptionAlgorithm", "KeyId"]);
  assert.equal(one.KeyId, arnOf(KeyId));
  assert.notDeepEqual(one.CiphertextBlob, two.CiphertextBlob);
  assert.equal(Buffer.from(one.CiphertextBlob).indexOf(Plaintext), -1);
});

test("4096 bytes fit into a ciphertext that Decrypt takes", async () => {
  const KeyId = await kms.keyId();
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.alloc(4096, 1) });
  assert.ok(CiphertextBlob.length <= 6144);
  assert.equal((await kms.call("Decrypt", { CiphertextBlob })).Plaintext.length, 4096);
});

test("an algorithm of other keys is refused, and a dry run ends where the work would begin", async () => {
  const KeyId = await kms.keyId();
  const refused = (input: object) => kms.refused("Encrypt", { KeyId, Plaintext, ...input });
  const wrong = "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.";
  assert.equal(await refused({ EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }), wrong);
  const dry = "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
  assert.equal(await refused({ DryRun: true }), dry);
  assert.equal(await refused({ DryRun: true, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }), wrong);
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext, DryRun: true }, as("bob")), /^AccessDeniedException/);
});

test("policies see the encryption context, and 8192 bytes of it are the most", async () => {
  const KeyId = await kms.keyId();
  const team = as(
    "alice",
    allow("kms:Encrypt", "*", { Condition: { StringEquals: { "kms:EncryptionContext:Team": "a" } } }),
  );
  await kms.call("Encrypt", { KeyId, Plaintext, EncryptionContext: { team: "a" } }, team);
  for (const EncryptionContext of [undefined, {}, { team: "A" }]) {
    assert.match(await kms.refused("Encrypt", { KeyId, Plaintext, EncryptionContext }, team), /^AccessDeniedException/);
  }
  const long = { k: "v".repeat(8192) };
  for (const DryRun of [false, true]) {
    const input = { KeyId, Plaintext, EncryptionContext: long, DryRun };
    assert.match(await kms.refused("Encrypt", input), /^ValidationException/);
  }
});

test("a broken ARN is NotFoundException here, for the operation knows no other word", async () => {
  assert.match(await kms.refused("Encrypt", { KeyId: "arn:aws:s3:us-east-1:1:x", Plaintext }), /^NotFoundException/);
});

test("the record holds the context and the material, and neither plaintext, ciphertext nor tokens", async () => {
  const KeyId = await kms.keyId();
  const input = { KeyId, Plaintext, EncryptionContext: { a: "1" }, GrantTokens: [] };
  const { notes, request, response } = await kms.recorded("Encrypt", input);
  assert.deepEqual(request, { encryptionAlgorithm: "SYMMETRIC_DEFAULT", keyId: KeyId, encryptionContext: { a: "1" } });
  assert.equal(response, null);
  assert.match(String(notes.additionalEventData["keyMaterialId"]), /^[0-9a-f]{64}$/);
  assert.deepEqual(notes.resources, [{ accountId: "111122223333", type: "AWS::KMS::Key", ARN: arnOf(KeyId) }]);
});

test("an RSA key encrypts with either algorithm, as much as fits, and anybody with its public key can too", async () => {
  const KeyId = rsa;
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  for (const [EncryptionAlgorithm, oaepHash, most] of [
    ["RSAES_OAEP_SHA_1", "sha1", 214],
    ["RSAES_OAEP_SHA_256", "sha256", 190],
  ] as const) {
    const full = Buffer.alloc(most, 1);
    const made = await kms.call("Encrypt", { KeyId, Plaintext: full, EncryptionAlgorithm });
    const { CiphertextBlob } = made;
    assert.deepEqual(made, { CiphertextBlob, KeyId: arnOf(KeyId), EncryptionAlgorithm });
    assert.equal(CiphertextBlob.length, 256);
    const outside = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, full);
    for (const blob of [CiphertextBlob, outside]) {
      const opened = await kms.call("Decrypt", { KeyId, CiphertextBlob: blob, EncryptionAlgorithm });
      assert.deepEqual(Buffer.from(opened.Plaintext), full);
    }
    assert.equal(
      await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.alloc(most + 1), EncryptionAlgorithm, DryRun: true }),
      `ValidationException: Algorithm ${EncryptionAlgorithm} and key spec RSA_2048 cannot encrypt data larger than ${most} bytes.`,
    );
  }
});

test("an RSA key refuses the symmetric algorithm and any context; a signing key refuses to encrypt at all", async () => {
  const KeyId = rsa;
  const refused = (input: object) => kms.refused("Encrypt", { KeyId, Plaintext, ...input });
  const wrong = "InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.";
  assert.equal(await refused({}), wrong);
  assert.match(await refused({ EncryptionAlgorithm: "SM2PKE" }), /^InvalidKeyUsageException: Algorithm SM2PKE/);
  const sha256 = { EncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
  assert.match(await refused({ ...sha256, EncryptionContext: { a: "1" } }), /^ValidationException: EncryptionContext/);
  await kms.call("Encrypt", { KeyId, Plaintext, ...sha256, EncryptionContext: {} });
  assert.match(await refused({ ...sha256, DryRun: true }), /^DryRunOperationException/);
  const signing = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  assert.equal(
    await refused({ KeyId: signing, ...sha256 }),
    `InvalidKeyUsageException: ${arnOf(signing)} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
  );
});

test("policies see the algorithm; the record of an RSA encryption names no material", async () => {
  const KeyId = rsa;
  const only = as(
    "alice",
    allow("kms:Encrypt", "*", { Condition: { StringEquals: { "kms:EncryptionAlgorithm": "RSAES_OAEP_SHA_256" } } }),
  );
  await kms.call("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" }, only);
  for (const EncryptionAlgorithm of [undefined, "RSAES_OAEP_SHA_1"]) {
    assert.match(await kms.refused("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm }, only), /^AccessDenied/);
  }
  const input = { KeyId, Plaintext, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" };
  const { notes, request } = await kms.recorded("Encrypt", input);
  assert.deepEqual(request, { encryptionAlgorithm: "RSAES_OAEP_SHA_1", keyId: KeyId });
  assert.deepEqual(notes.additionalEventData, {});
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "Encrypt");
});
