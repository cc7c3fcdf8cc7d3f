import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

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
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext, EncryptionContext: long }), /^ValidationException/);
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
