import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
let Signature: Uint8Array;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  Signature = (await kms.call("Sign", { KeyId, Message, SigningAlgorithm })).Signature;
});
after(() => kms.close());

const Message = Buffer.from("what is signed");
const SigningAlgorithm = "ECDSA_SHA_256";
const input = (more: object = {}) => ({ KeyId, Message, SigningAlgorithm, Signature, ...more });
const refused = (more: object, parts = {}) => kms.refused("Verify", input(more), parts);

test("a signature is valid, or the call is refused: there is no answer that says no, and no word about why", async () => {
  const answer = await kms.call("Verify", input());
  assert.deepEqual(answer, { KeyId: arnOf(KeyId), SignatureValid: true, SigningAlgorithm });
  const other = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const changed = Buffer.from(Signature);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const wrong = [
    { Message: Buffer.from("another") },
    { KeyId: other },
    { Signature: changed },
    { Signature: Buffer.concat([Signature, Buffer.alloc(1)]) },
    { Signature: Buffer.from("no signature") },
    { Signature: Buffer.alloc(6144, 0xff) },
  ];
  for (const more of wrong) assert.equal(await refused(more), "KMSInvalidSignatureException");
});

test("the same hash input may be given as a message or as its digest, whichever was signed", async () => {
  const digest = createHash("sha256").update(Message).digest();
  await kms.call("Verify", input({ Message: digest, MessageType: "DIGEST" }));
  assert.equal(await refused({ Message: digest }), "KMSInvalidSignatureException");
  const short = { Message: digest.subarray(1), MessageType: "DIGEST" };
  assert.equal(await refused(short), "ValidationException: Digest is invalid length for algorithm ECDSA_SHA_256.");
});

test("keys of other uses and algorithms of other keys are told apart", async () => {
  const agreement = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
  assert.equal(
    await refused({ KeyId: agreement }),
    `InvalidKeyUsageException: ${arnOf(agreement)} key usage is KEY_AGREEMENT which is not valid for Verify.`,
  );
  assert.match(await refused({ SigningAlgorithm: "ECDSA_SHA_384" }), /incompatible with key spec ECC_NIST_P256\.$/);
  assert.match(await refused({ MessageType: "EXTERNAL_MU" }), /^ValidationException/);
});

test("it needs its own permission, sees its own conditions, and a dry run does not look at the signature", async () => {
  const digests = as(
    "alice",
    allow("kms:Verify", "*", { Condition: { StringEquals: { "kms:MessageType": "DIGEST" } } }),
  );
  assert.match(await refused({}, digests), /^AccessDeniedException/);
  assert.match(await refused({}, as("bob", allow("kms:Sign"))), /kms:Verify/);
  assert.match(await refused({ DryRun: true, Signature: Buffer.from("wrong") }), /^DryRunOperationException/);
});

test("the record shows neither message nor signature, and only what succeeded counts as a use", async () => {
  const fresh = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  await refused({ KeyId: fresh });
  assert.deepEqual((await kms.call("GetKeyLastUsage", { KeyId: fresh })).KeyLastUsage, {});
  const { request, response } = await kms.recorded("Verify", input());
  assert.deepEqual(request, { keyId: KeyId, messageType: "RAW", signingAlgorithm: SigningAlgorithm });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "Verify");
});
