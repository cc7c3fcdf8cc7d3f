import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("the last successful use is told; refused uses and dry runs are not", async () => {
  const KeyId = await kms.keyId();
  const usage = async () => (await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage;
  assert.deepEqual(await usage(), {});
  const Plaintext = Buffer.from("x");
  await kms.refused("Encrypt", { KeyId, Plaintext, DryRun: true });
  await kms.refused("Encrypt", { KeyId, Plaintext }, as("bob"));
  assert.deepEqual(await usage(), {});
  kms.clock.advance(5000);
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext });
  const first = await usage();
  assert.deepEqual([first.Operation, first.Timestamp], ["Encrypt", kms.clock.now()]);
  kms.clock.advance(5000);
  await kms.call("Decrypt", { CiphertextBlob });
  await kms.kms.usage.flush();
  assert.equal((await usage()).Operation, "Decrypt");
});

test("both keys of a re-encryption were used, and a disabled key still tells", async () => {
  const [KeyId, to] = [await kms.keyId(), await kms.keyId()];
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await kms.call("ReEncrypt", { CiphertextBlob, DestinationKeyId: to });
  for (const id of [KeyId, to]) {
    await kms.call("DisableKey", { KeyId: id });
    assert.equal((await kms.call("GetKeyLastUsage", { KeyId: id })).KeyLastUsage.Operation, "ReEncrypt");
  }
});
