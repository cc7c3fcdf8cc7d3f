import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

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
