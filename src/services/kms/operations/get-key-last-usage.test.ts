import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { KeyId } from "../../../kms/index.js";
import { ACCOUNT, REGION } from "../../../kms/testing.js";
import { as, openTestService, type TestService } from "../testing.js";

const ref = { account: ACCOUNT, region: REGION };

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

test("a use is told with the events that show it in the trail; of a direct call, too", async () => {
  const KeyId = await kms.keyId();
  const eventId = "aaaaaaaa-0000-4000-8000-000000000001";
  const requestId = "bbbbbbbb-0000-4000-8000-000000000001";
  await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, { eventId, requestId });
  const { KeyLastUsage, TrackingStartDate, KeyCreationDate } = await kms.call("GetKeyLastUsage", { KeyId });
  assert.deepEqual([KeyLastUsage.CloudTrailEventId, KeyLastUsage.KmsRequestId], [eventId, requestId]);
  assert.deepEqual(TrackingStartDate, KeyCreationDate);
  await kms.kms.usage.flush();
  const another = await kms.another();
  const { key } = (await another.keys.byRef({ ...ref, id: KeyId as KeyId })) ?? assert.fail("the key is there");
  assert.equal((await another.usage.lastUse(key))?.eventId, eventId, "other processes tell the same");
});

test("what was refused for its content is no use: a wrong signature, a wrong ciphertext", async () => {
  const KeyId = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const input = { KeyId, Message: Buffer.from("m"), MacAlgorithm: "HMAC_SHA_256" };
  const { Mac } = await kms.call("GenerateMac", input);
  kms.clock.advance(1000);
  await kms.refused("VerifyMac", { ...input, Mac: Buffer.alloc(32) });
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "GenerateMac");
  await kms.call("VerifyMac", { ...input, Mac });
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "VerifyMac");
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
