import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

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

const seal = async (KeyId: string, EncryptionContext?: object) =>
  (await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x"), EncryptionContext })).CiphertextBlob;

test("from one key and context to another; the plaintext is the same", async () => {
  const [from, to] = [await kms.keyId(), await kms.keyId()];
  const moved = await kms.call("ReEncrypt", {
    CiphertextBlob: await seal(from, { a: "1" }),
    SourceEncryptionContext: { a: "1" },
    DestinationKeyId: to,
    DestinationEncryptionContext: { b: "2" },
  });
  assert.deepEqual([moved.SourceKeyId, moved.KeyId], [arnOf(from), arnOf(to)]);
  assert.notEqual(moved.SourceKeyMaterialId, moved.DestinationKeyMaterialId);
  const { CiphertextBlob } = moved;
  const opened = await kms.call("Decrypt", { CiphertextBlob, EncryptionContext: { b: "2" }, KeyId: to });
  assert.equal(Buffer.from(opened.Plaintext).toString(), "x");
  assert.equal(
    await kms.refused("Decrypt", { CiphertextBlob, EncryptionContext: { a: "1" } }),
    "InvalidCiphertextException",
  );
});

test("the same key takes a ciphertext to its newest material", async () => {
  const KeyId = await kms.keyId();
  const CiphertextBlob = await seal(KeyId);
  await kms.call("RotateKeyOnDemand", { KeyId });
  const moved = await kms.call("ReEncrypt", { CiphertextBlob, DestinationKeyId: KeyId });
  assert.notEqual(moved.SourceKeyMaterialId, moved.DestinationKeyMaterialId);
});

test("both sides must be allowed, each with its own context and keys", async () => {
  const [from, to] = [await kms.keyId(), await kms.keyId()];
  const input = { CiphertextBlob: await seal(from), DestinationKeyId: to };
  await kms.call("ReEncrypt", input, as("a", allow(["kms:ReEncryptFrom", "kms:ReEncryptTo"])));
  assert.match(
    await kms.refused("ReEncrypt", input, as("a", allow("kms:ReEncryptFrom"))),
    /kms:ReEncryptTo on resource/,
  );
  assert.match(
    await kms.refused("ReEncrypt", input, as("a", allow("kms:ReEncryptTo"))),
    /kms:ReEncryptFrom on resource/,
  );
  assert.match(await kms.refused("ReEncrypt", input, as("a", allow("kms:ReEncrypt"))), /^AccessDeniedException/);
  const same = allow("kms:*", "*", { Condition: { Bool: { "kms:ReEncryptOnSameKey": "true" } } });
  assert.match(await kms.refused("ReEncrypt", input, as("a", same)), /^AccessDeniedException/);
  await kms.call("ReEncrypt", { ...input, DestinationKeyId: from }, as("a", same));
});

test("a wrong context, a disabled key on either side and a wrong source are refused", async () => {
  const [from, to, other] = [await kms.keyId(), await kms.keyId(), await kms.keyId()];
  const input = { CiphertextBlob: await seal(from), DestinationKeyId: to };
  const refused = (more: object) => kms.refused("ReEncrypt", { ...input, ...more });
  assert.equal(await refused({ SourceEncryptionContext: { a: "1" } }), "InvalidCiphertextException");
  assert.match(await refused({ SourceKeyId: other }), /^IncorrectKeyException/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
  await kms.call("DisableKey", { KeyId: to });
  assert.match(await refused({}), /^DisabledException/);
  await kms.call("EnableKey", { KeyId: to });
  await kms.call("DisableKey", { KeyId: from });
  assert.match(await refused({}), /^DisabledException/);
});

test("the record lists source and destination and both materials", async () => {
  const [from, to] = [await kms.keyId(), await kms.keyId()];
  const { notes } = await kms.recorded("ReEncrypt", { CiphertextBlob: await seal(from), DestinationKeyId: to });
  assert.deepEqual(
    notes.resources.map((resource) => resource.ARN),
    [arnOf(from), arnOf(to)],
  );
  assert.deepEqual(Object.keys(notes.additionalEventData), ["sourceKeyMaterialId", "destinationKeyMaterialId"]);
});

test("symmetric to RSA, RSA to RSA and back to symmetric: the plaintext stays the same", async () => {
  const [symmetric, one, two] = [await kms.keyId(), rsa, otherRsa];
  const [sha1, sha256] = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];
  const toRsa = await kms.call("ReEncrypt", {
    CiphertextBlob: await seal(symmetric, { a: "1" }),
    SourceEncryptionContext: { a: "1" },
    DestinationKeyId: one,
    DestinationEncryptionAlgorithm: sha1,
  });
  assert.deepEqual(
    Object.keys(toRsa)
      .filter((name) => toRsa[name as keyof typeof toRsa] !== undefined)
      .sort(),
    [
      "CiphertextBlob",
      "DestinationEncryptionAlgorithm",
      "KeyId",
      "SourceEncryptionAlgorithm",
      "SourceKeyId",
      "SourceKeyMaterialId",
    ],
  );
  const across = await kms.call("ReEncrypt", {
    CiphertextBlob: toRsa.CiphertextBlob,
    SourceKeyId: one,
    SourceEncryptionAlgorithm: sha1,
    DestinationKeyId: two,
    DestinationEncryptionAlgorithm: sha256,
  });
  assert.deepEqual([across.SourceEncryptionAlgorithm, across.DestinationEncryptionAlgorithm], [sha1, sha256]);
  assert.deepEqual([across.SourceKeyId, across.KeyId], [arnOf(one), arnOf(two)]);
  assert.deepEqual([across.SourceKeyMaterialId, across.DestinationKeyMaterialId], [undefined, undefined]);
  const { notes } = await kms.recorded("ReEncrypt", {
    CiphertextBlob: across.CiphertextBlob,
    SourceKeyId: two,
    SourceEncryptionAlgorithm: sha256,
    DestinationKeyId: symmetric,
  });
  assert.deepEqual(Object.keys(notes.additionalEventData), ["destinationKeyMaterialId"]);
  const back = await kms.call("ReEncrypt", {
    CiphertextBlob: across.CiphertextBlob,
    SourceKeyId: two,
    SourceEncryptionAlgorithm: sha256,
    DestinationKeyId: symmetric,
  });
  assert.equal(
    Buffer.from((await kms.call("Decrypt", { CiphertextBlob: back.CiphertextBlob })).Plaintext).toString(),
    "x",
  );
});

test("what does not fit the RSA key, and a context on its side, are refused", async () => {
  const symmetric = await kms.keyId();
  const sealed = (bytes: number) => kms.call("Encrypt", { KeyId: symmetric, Plaintext: Buffer.alloc(bytes, 1) });
  const to = { DestinationKeyId: rsa, DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
  const { CiphertextBlob } = await sealed(190);
  const moved = await kms.call("ReEncrypt", { CiphertextBlob, ...to });
  assert.equal(
    await kms.refused("ReEncrypt", { CiphertextBlob: (await sealed(191)).CiphertextBlob, ...to }),
    "ValidationException: Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.",
  );
  const refused = (more: object) => kms.refused("ReEncrypt", { CiphertextBlob, ...to, ...more });
  assert.match(await refused({ DestinationEncryptionContext: { a: "1" } }), /^ValidationException: EncryptionContext/);
  const clash = "InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.";
  assert.equal(await refused({ DestinationEncryptionAlgorithm: undefined }), clash);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
  const from = { CiphertextBlob: moved.CiphertextBlob, DestinationKeyId: symmetric, SourceKeyId: rsa };
  const back = (more: object) =>
    kms.refused("ReEncrypt", { ...from, DestinationEncryptionAlgorithm: undefined, ...more });
  assert.equal(await back({}), "InvalidCiphertextException", "without its algorithm it is no ciphertext");
  const rsaSource = { SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
  assert.equal(await back({ ...rsaSource, SourceKeyId: undefined }), "InvalidCiphertextException");
  assert.match(await back({ ...rsaSource, SourceEncryptionContext: { a: "1" } }), /^ValidationException/);
  assert.equal(await back({ SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_1" }), "InvalidCiphertextException");
});

test("each side's policy sees its own algorithm", async () => {
  const symmetric = await kms.keyId();
  const algorithm = (action: string, name: string) =>
    allow(action, "*", { Condition: { StringEquals: { "kms:EncryptionAlgorithm": name } } });
  const mine = as(
    "alice",
    algorithm("kms:ReEncryptFrom", "SYMMETRIC_DEFAULT"),
    algorithm("kms:ReEncryptTo", "RSAES_OAEP_SHA_256"),
  );
  const input = { CiphertextBlob: await seal(symmetric), DestinationKeyId: rsa };
  await kms.call("ReEncrypt", { ...input, DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_256" }, mine);
  const other = { ...input, DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_1" };
  assert.match(await kms.refused("ReEncrypt", other, mine), /kms:ReEncryptTo/);
});
