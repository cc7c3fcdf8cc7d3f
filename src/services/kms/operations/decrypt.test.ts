import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ABSENT, allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let rsa: string;
let otherRsa: string;
before(async () => {
  kms = await openTestService();
  rsa = await newRsa();
  otherRsa = await newRsa();
});
after(() => kms.close());

/** Primes take their time: the tests share their RSA keys. */
const newRsa = () => kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });

const Plaintext = Buffer.from("the plaintext");
const seal = async (KeyId: string, EncryptionContext?: object) =>
  (await kms.call("Encrypt", { KeyId, Plaintext, EncryptionContext })).CiphertextBlob;
const INCORRECT =
  "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.";

test("the ciphertext finds its key; order of the context does not matter, anything else does", async () => {
  const KeyId = await kms.keyId();
  const CiphertextBlob = await seal(KeyId, { a: "1", b: "2" });
  const opened = await kms.call("Decrypt", { CiphertextBlob, EncryptionContext: { b: "2", a: "1" } });
  assert.deepEqual(Buffer.from(opened.Plaintext), Plaintext);
  assert.equal(opened.KeyId, arnOf(KeyId));
  assert.match(opened.KeyMaterialId, /^[0-9a-f]{64}$/);
  for (const EncryptionContext of [
    undefined,
    { a: "1" },
    { a: "1", b: "2", c: "" },
    { A: "1", b: "2" },
    { a: "2", b: "1" },
  ]) {
    assert.equal(await kms.refused("Decrypt", { CiphertextBlob, EncryptionContext }), "InvalidCiphertextException");
  }
});

test("no context and an empty one are the same", async () => {
  const CiphertextBlob = await seal(await kms.keyId(), {});
  await kms.call("Decrypt", { CiphertextBlob });
});

test("a flipped bit anywhere is refused and nothing is told", async () => {
  const KeyId = await kms.keyId();
  const blob = Buffer.from(await seal(KeyId));
  for (let at = 0; at < blob.length; at++) {
    const changed = Buffer.from(blob);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    const refusal = await kms.refused("Decrypt", { CiphertextBlob: changed });
    // A blob that names another key or account leads to a key that the caller cannot see.
    assert.match(
      refusal,
      /^(InvalidCiphertextException$|AccessDeniedException: .* the resource associated with this ciphertext)/,
    );
  }
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob: Buffer.from("junk") }), "InvalidCiphertextException");
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob: blob.subarray(0, -1) }), "InvalidCiphertextException");
});

test("a key beside the ciphertext must be its key, also through an alias that was moved", async () => {
  const [KeyId, other] = [await kms.keyId(), await kms.keyId()];
  const CiphertextBlob = await seal(KeyId);
  await kms.call("CreateAlias", { AliasName: "alias/moved", TargetKeyId: KeyId });
  for (const name of [KeyId, arnOf(KeyId), "alias/moved"]) await kms.call("Decrypt", { CiphertextBlob, KeyId: name });
  await kms.call("UpdateAlias", { AliasName: "alias/moved", TargetKeyId: other });
  for (const name of [other, arnOf(other), "alias/moved"]) {
    assert.equal(await kms.refused("Decrypt", { CiphertextBlob, KeyId: name }), INCORRECT);
  }
  const foreign = arnOf(ABSENT).replace("111122223333", "444455556666");
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob, KeyId: foreign }), INCORRECT);
  assert.match(await kms.refused("Decrypt", { CiphertextBlob, KeyId: ABSENT }), /^NotFoundException/);
});

test("old material opens after every rotation", async () => {
  const KeyId = await kms.keyId();
  const CiphertextBlob = await seal(KeyId);
  await kms.call("RotateKeyOnDemand", { KeyId });
  await kms.call("RotateKeyOnDemand", { KeyId });
  const old = await kms.call("Decrypt", { CiphertextBlob });
  const { KeyMaterialId } = await kms.call("Decrypt", { CiphertextBlob: await seal(KeyId) });
  assert.notEqual(old.KeyMaterialId, KeyMaterialId);
});

test("a dry run may leave the ciphertext out when it names the key", async () => {
  const KeyId = await kms.keyId();
  const dry = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] };
  assert.match(await kms.refused("Decrypt", { KeyId, ...dry }), /^DryRunOperationException/);
  assert.match(await kms.refused("Decrypt", { KeyId, ...dry }, as("bob")), /^AccessDeniedException/);
  assert.match(await kms.refused("Decrypt", dry), /^ValidationException: KeyId is required/);
  assert.match(await kms.refused("Decrypt", { KeyId, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }), /^ValidationException/);
  assert.match(await kms.refused("Decrypt", { KeyId }), /Value null at 'ciphertextBlob'/);
  assert.match(await kms.refused("Decrypt", { CiphertextBlob: await seal(KeyId), DryRun: true }), /^DryRunOperation/);
});

test("an attested recipient is refused after authorization; the plaintext is never given instead", async () => {
  const CiphertextBlob = await seal(await kms.keyId());
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: Buffer.from("x") };
  assert.match(
    await kms.refused("Decrypt", { CiphertextBlob, Recipient }),
    /^ValidationException: Attested recipients/,
  );
  assert.match(await kms.refused("Decrypt", { CiphertextBlob, Recipient }, as("bob")), /^AccessDeniedException/);
});

test("another account without a way to the key learns nothing about it", async () => {
  const CiphertextBlob = await seal(await kms.keyId());
  const { caller } = as("mallory", allow("*"));
  assert.ok(caller);
  const account = "444455556666" as typeof caller.account; // twelve digits
  const arn = caller.principal.arn.replace("111122223333", account);
  const stranger = { caller: { ...caller, account, principal: { ...caller.principal, account, arn } } };
  const text = `AccessDeniedException: User: ${arn} is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob }, stranger), text);
});

test("the record shows no plaintext and no ciphertext", async () => {
  const CiphertextBlob = await seal(await kms.keyId());
  const { request, response } = await kms.recorded("Decrypt", { CiphertextBlob });
  assert.deepEqual(request, { encryptionAlgorithm: "SYMMETRIC_DEFAULT" });
  assert.equal(response, null);
});

test("an RSA ciphertext names no key: caller and key must say key and algorithm", async () => {
  const [KeyId, other] = [rsa, otherRsa];
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm });
  const opened = await kms.call("Decrypt", { CiphertextBlob, KeyId, EncryptionAlgorithm });
  assert.deepEqual(opened, { KeyId: arnOf(KeyId), Plaintext: opened.Plaintext, EncryptionAlgorithm });
  assert.deepEqual(Buffer.from(opened.Plaintext), Plaintext);
  await kms.call("CreateAlias", { AliasName: "alias/rsa", TargetKeyId: KeyId });
  await kms.call("Decrypt", { CiphertextBlob, KeyId: "alias/rsa", EncryptionAlgorithm });
  const refused = (input: object) => kms.refused("Decrypt", { CiphertextBlob, KeyId, EncryptionAlgorithm, ...input });
  const changed = Buffer.from(CiphertextBlob);
  changed[9] = (changed[9] ?? 0) ^ 1;
  const invalid = [
    { KeyId: undefined },
    { EncryptionAlgorithm: undefined },
    { KeyId: undefined, EncryptionAlgorithm: undefined },
    { KeyId: other },
    { EncryptionAlgorithm: "RSAES_OAEP_SHA_1" },
    { CiphertextBlob: changed },
    { CiphertextBlob: CiphertextBlob.subarray(1) },
    { CiphertextBlob: Buffer.alloc(256, 0xff) },
  ];
  for (const input of invalid) assert.equal(await refused(input), "InvalidCiphertextException");
  assert.match(await refused({ EncryptionContext: { a: "1" } }), /^ValidationException/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
  assert.match(await refused({ KeyId: ABSENT }), /^NotFoundException/);
});

test("a key that does not decrypt is told by its use for RSA, and as the wrong key for a symmetric ciphertext", async () => {
  const symmetric = await kms.keyId();
  const CiphertextBlob = await seal(symmetric);
  const refused = (input: object) => kms.refused("Decrypt", { CiphertextBlob, ...input });
  const hmac = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const signing = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  for (const KeyId of [hmac, signing, rsa]) assert.equal(await refused({ KeyId }), INCORRECT);
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
  assert.equal(
    await refused({ KeyId: hmac, EncryptionAlgorithm }),
    `InvalidKeyUsageException: ${arnOf(hmac)} key usage is GENERATE_VERIFY_MAC which is not valid for Decrypt.`,
  );
  const clash = `InvalidKeyUsageException: Algorithm ${EncryptionAlgorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`;
  for (const KeyId of [symmetric, undefined]) assert.equal(await refused({ KeyId, EncryptionAlgorithm }), clash);
});

test("whether another account's RSA key exists is not told, whichever name is asked for", async () => {
  const { caller } = as("mallory", allow("*"));
  assert.ok(caller);
  const account = "444455556666" as typeof caller.account; // twelve digits
  const arn = caller.principal.arn.replace("111122223333", account);
  const stranger = { caller: { ...caller, account, principal: { ...caller.principal, account, arn } } };
  await kms.call("CreateAlias", { AliasName: "alias/there", TargetKeyId: rsa });
  const alias = (name: string) => arnOf("x").replace("key/x", `alias/${name}`);
  const input = { CiphertextBlob: Buffer.alloc(256), EncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
  const answers = new Set<string>();
  for (const KeyId of [arnOf(rsa), arnOf(ABSENT), alias("there"), alias("missing")]) {
    answers.add(await kms.refused("Decrypt", { ...input, KeyId }, stranger));
    const dry = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"], KeyId };
    answers.add(await kms.refused("Decrypt", { ...dry, EncryptionAlgorithm: input.EncryptionAlgorithm }, stranger));
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
});

test("the record of an RSA decryption names key and algorithm, and no material", async () => {
  const KeyId = rsa;
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_1";
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm });
  const { notes, request } = await kms.recorded("Decrypt", { KeyId, CiphertextBlob, EncryptionAlgorithm });
  assert.deepEqual(request, { encryptionAlgorithm: EncryptionAlgorithm, keyId: KeyId });
  assert.deepEqual(notes.additionalEventData, {});
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "Decrypt");
});
