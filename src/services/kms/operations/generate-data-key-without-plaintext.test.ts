import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("only the blob comes, and it opens to as many bytes as were asked for", async () => {
  const KeyId = await kms.keyId();
  const made = await kms.call("GenerateDataKeyWithoutPlaintext", { KeyId, NumberOfBytes: 64 });
  assert.deepEqual(Object.keys(made).sort(), ["CiphertextBlob", "KeyId", "KeyMaterialId"]);
  const { Plaintext } = await kms.call("Decrypt", { CiphertextBlob: made.CiphertextBlob });
  assert.equal(Plaintext.length, 64);
});

test("it is an action of its own", async () => {
  const input = { KeyId: await kms.keyId(), KeySpec: "AES_256" };
  const other = as("bob", allow("kms:GenerateDataKey"));
  assert.match(await kms.refused("GenerateDataKeyWithoutPlaintext", input, other), /^AccessDeniedException/);
  await kms.call("GenerateDataKeyWithoutPlaintext", input, as("bob", allow("kms:GenerateDataKeyWithoutPlaintext")));
  assert.match(await kms.refused("GenerateDataKeyWithoutPlaintext", { ...input, DryRun: true }), /^DryRunOperation/);
  assert.match(await kms.refused("GenerateDataKeyWithoutPlaintext", { KeyId: input.KeyId }), /^ValidationException/);
});
