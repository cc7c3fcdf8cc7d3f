import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
let Mac: Uint8Array;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "HMAC_512", KeyUsage: "GENERATE_VERIFY_MAC" });
  Mac = (await kms.call("GenerateMac", { KeyId, Message, MacAlgorithm })).Mac;
});
after(() => kms.close());

const Message = Buffer.from("the message");
const MacAlgorithm = "HMAC_SHA_512";
const input = (more: object = {}) => ({ KeyId, Message, MacAlgorithm, Mac, ...more });
const refused = (more: object, parts = {}) => kms.refused("VerifyMac", input(more), parts);

test("a tag is valid, or the call is refused without a word: shortened tags too", async () => {
  assert.deepEqual(await kms.call("VerifyMac", input()), { KeyId: arnOf(KeyId), MacValid: true, MacAlgorithm });
  const changed = Buffer.from(Mac);
  changed[0] = (changed[0] ?? 0) ^ 1;
  const wrong = [
    { Mac: changed },
    { Mac: Mac.subarray(0, 32) },
    { Mac: Buffer.concat([Mac, Buffer.alloc(1)]) },
    { Message: Buffer.from("another") },
    { KeyId: await kms.keyId({ KeySpec: "HMAC_512", KeyUsage: "GENERATE_VERIFY_MAC" }) },
  ];
  for (const more of wrong) assert.equal(await refused(more), "KMSInvalidMacException");
});

test("keys of other uses and algorithms of other keys are told apart", async () => {
  const signing = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  assert.match(await refused({ KeyId: signing }), /key usage is SIGN_VERIFY which is not valid for VerifyMac\.$/);
  assert.match(await refused({ MacAlgorithm: "HMAC_SHA_224" }), /incompatible with key spec HMAC_512\.$/);
});

test("it needs its own permission, and a dry run does not look at the tag", async () => {
  assert.match(await refused({}, as("bob", allow("kms:GenerateMac"))), /kms:VerifyMac/);
  const other = allow("kms:VerifyMac", "*", { Condition: { StringNotEquals: { "kms:MacAlgorithm": MacAlgorithm } } });
  assert.match(await refused({}, as("bob", other)), /^AccessDeniedException/);
  assert.match(await refused({ DryRun: true, Mac: Buffer.from("wrong") }), /^DryRunOperationException/);
});

test("the record shows neither message nor tag, and the use is noted", async () => {
  const { request, response } = await kms.recorded("VerifyMac", input());
  assert.deepEqual(request, { keyId: KeyId, macAlgorithm: MacAlgorithm });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "VerifyMac");
});
