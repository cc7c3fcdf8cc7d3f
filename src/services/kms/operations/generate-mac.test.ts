import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
});
after(() => kms.close());

const Message = Buffer.from("the message");
const MacAlgorithm = "HMAC_SHA_256";
const refused = (more: object, parts = {}) =>
  kms.refused("GenerateMac", { KeyId, Message, MacAlgorithm, ...more }, parts);

test("each spec has one algorithm of its number, and whole tags", async () => {
  for (const [bits, bytes] of [
    [224, 28],
    [256, 32],
    [384, 48],
    [512, 64],
  ]) {
    const id = await kms.keyId({ KeySpec: `HMAC_${bits}`, KeyUsage: "GENERATE_VERIFY_MAC" });
    const input = { KeyId: id, Message, MacAlgorithm: `HMAC_SHA_${bits}` };
    const one = await kms.call("GenerateMac", input);
    assert.deepEqual(one, { KeyId: arnOf(id), Mac: one.Mac, MacAlgorithm: input.MacAlgorithm });
    assert.equal(one.Mac.length, bytes);
    assert.deepEqual((await kms.call("GenerateMac", input)).Mac, one.Mac, "the same message has the same tag");
    const other = bits === 512 ? 256 : 512;
    assert.equal(
      await refused({ KeyId: id, MacAlgorithm: `HMAC_SHA_${other}` }),
      `InvalidKeyUsageException: Algorithm HMAC_SHA_${other} is incompatible with key spec HMAC_${bits}.`,
    );
  }
});

test("another key or message has another tag, and only HMAC keys make tags", async () => {
  const { Mac } = await kms.call("GenerateMac", { KeyId, Message, MacAlgorithm });
  const other = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  assert.notDeepEqual((await kms.call("GenerateMac", { KeyId: other, Message, MacAlgorithm })).Mac, Mac);
  assert.notDeepEqual((await kms.call("GenerateMac", { KeyId, Message: Buffer.from("x"), MacAlgorithm })).Mac, Mac);
  const symmetric = await kms.keyId();
  assert.equal(
    await refused({ KeyId: symmetric }),
    `InvalidKeyUsageException: ${arnOf(symmetric)} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
  );
});

test("policies see the algorithm, and a dry run makes nothing", async () => {
  const only = (algorithm: string) =>
    as("alice", allow("kms:GenerateMac", "*", { Condition: { StringEquals: { "kms:MacAlgorithm": algorithm } } }));
  await kms.call("GenerateMac", { KeyId, Message, MacAlgorithm }, only("HMAC_SHA_256"));
  assert.match(await refused({}, only("HMAC_SHA_512")), /^AccessDeniedException/);
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
});

test("the record shows neither message nor tag, and the use is noted", async () => {
  const { request, response } = await kms.recorded("GenerateMac", { KeyId, Message, MacAlgorithm, DryRun: false });
  assert.deepEqual(request, { keyId: KeyId, macAlgorithm: MacAlgorithm, dryRun: false });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "GenerateMac");
});
