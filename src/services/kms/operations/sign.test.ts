import assert from "node:assert/strict";
import { createHash, createPublicKey, verify as verifyOutside } from "node:crypto";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let rsa: string;
let ecc: string;
before(async () => {
  kms = await openTestService();
  rsa = await kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  ecc = await kms.keyId({ KeySpec: "ECC_NIST_P384", KeyUsage: "SIGN_VERIFY" });
});
after(() => kms.close());

const Message = Buffer.from("what is signed");
const SigningAlgorithm = "ECDSA_SHA_384";
const refused = (input: object, parts = {}) =>
  kms.refused("Sign", { KeyId: ecc, Message, SigningAlgorithm, ...input }, parts);

test("whoever has the public key alone can verify, whether the message or its digest was signed", async () => {
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId: ecc });
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  const digest = createHash("sha384").update(Message).digest();
  for (const input of [{ Message }, { Message: digest, MessageType: "DIGEST" }]) {
    const answer = await kms.call("Sign", { KeyId: ecc, SigningAlgorithm, ...input });
    assert.deepEqual(Object.keys(answer).sort(), ["KeyId", "Signature", "SigningAlgorithm"]);
    assert.deepEqual([answer.KeyId, answer.SigningAlgorithm], [arnOf(ecc), SigningAlgorithm]);
    assert.ok(verifyOutside("sha384", Message, key, answer.Signature));
    assert.equal(verifyOutside("sha384", Buffer.from("another"), key, answer.Signature), false);
  }
});

test("usage first, then the algorithm, then the digest's length, in the recorded words", async () => {
  const hmac = await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  assert.equal(
    await refused({ KeyId: hmac, SigningAlgorithm: "RSASSA_PSS_SHA_256" }),
    `InvalidKeyUsageException: ${arnOf(hmac)} key usage is GENERATE_VERIFY_MAC which is not valid for Sign.`,
  );
  for (const wrong of ["ECDSA_SHA_256", "RSASSA_PSS_SHA_384", "SM2DSA"]) {
    assert.equal(
      await refused({ SigningAlgorithm: wrong, MessageType: "DIGEST", Message }),
      `InvalidKeyUsageException: Algorithm ${wrong} is incompatible with key spec ECC_NIST_P384.`,
    );
  }
  for (const length of [32, 47, 49, 64]) {
    assert.equal(
      await refused({ MessageType: "DIGEST", Message: Buffer.alloc(length) }),
      "ValidationException: Digest is invalid length for algorithm ECDSA_SHA_384.",
    );
  }
});

test("a digest that was made outside has exactly its length, µ of ML-DSA as well", async () => {
  const KeyId = await kms.keyId({ KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" });
  const mu = { KeyId, SigningAlgorithm: "ML_DSA_SHAKE_256", MessageType: "EXTERNAL_MU" };
  for (const bytes of [32, 63, 65]) {
    const text = "ValidationException: Digest is invalid length for algorithm ML_DSA_SHAKE_256.";
    assert.equal(await refused({ ...mu, Message: Buffer.alloc(bytes) }), text);
  }
  await kms.call("Sign", { ...mu, Message: Buffer.alloc(64) });
});

test("a message type goes with some algorithms only, and that is said before any key is looked for", async () => {
  const [RAW, DIGEST, EXTERNAL_MU] = ["RAW", "DIGEST", "EXTERNAL_MU"];
  const refusedPairs = [
    ["RSASSA_PSS_SHA_256", EXTERNAL_MU],
    ["RSASSA_PKCS1_V1_5_SHA_512", EXTERNAL_MU],
    ["ECDSA_SHA_384", EXTERNAL_MU],
    ["ED25519_SHA_512", DIGEST],
    ["ED25519_SHA_512", EXTERNAL_MU],
    ["ED25519_PH_SHA_512", RAW],
    ["ED25519_PH_SHA_512", EXTERNAL_MU],
    ["ML_DSA_SHAKE_256", DIGEST],
    ["SM2DSA", EXTERNAL_MU],
  ];
  for (const [algorithm, MessageType] of refusedPairs) {
    const text = `ValidationException: Algorithm ${algorithm} does not support message type ${MessageType}.`;
    assert.equal(await refused({ KeyId: "alias/nowhere", SigningAlgorithm: algorithm, MessageType }), text);
  }
  // The default is RAW, which the prehashed algorithm does not take either.
  assert.match(await refused({ SigningAlgorithm: "ED25519_PH_SHA_512" }), /does not support message type RAW\.$/);
});

test("every signing algorithm signs with each message type that it takes", async () => {
  const ed = await kms.keyId({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
  const bitcoin = await kms.keyId({ KeySpec: "ECC_SECG_P256K1", KeyUsage: "SIGN_VERIFY" });
  const mlDsa = await kms.keyId({ KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" });
  const uses: [string, string, string, number][] = [
    [ed, "ED25519_SHA_512", "RAW", 5],
    [ed, "ED25519_PH_SHA_512", "DIGEST", 64],
    [bitcoin, "ECDSA_SHA_256", "RAW", 5],
    [bitcoin, "ECDSA_SHA_256", "DIGEST", 32],
    [mlDsa, "ML_DSA_SHAKE_256", "RAW", 4096],
    [mlDsa, "ML_DSA_SHAKE_256", "EXTERNAL_MU", 64],
    ...["PSS", "PKCS1_V1_5"].flatMap((scheme) =>
      [256, 384, 512].flatMap((bits): [string, string, string, number][] => [
        [rsa, `RSASSA_${scheme}_SHA_${bits}`, "RAW", 4096],
        [rsa, `RSASSA_${scheme}_SHA_${bits}`, "DIGEST", bits / 8],
      ]),
    ),
  ];
  for (const [KeyId, algorithm, MessageType, bytes] of uses) {
    const input = { KeyId, SigningAlgorithm: algorithm, MessageType, Message: Buffer.alloc(bytes, 7) };
    const { Signature } = await kms.call("Sign", input);
    const { SignatureValid } = await kms.call("Verify", { ...input, Signature });
    assert.equal(SignatureValid, true, algorithm);
  }
});

test("policies see algorithm and message type, the default counted as if it had been sent", async () => {
  const condition = (values: object) =>
    as(
      "alice",
      allow("kms:Sign", "*", { Condition: { StringEquals: { "kms:SigningAlgorithm": SigningAlgorithm, ...values } } }),
    );
  const raw = condition({ "kms:MessageType": "RAW" });
  await kms.call("Sign", { KeyId: ecc, Message, SigningAlgorithm }, raw);
  await kms.call("Sign", { KeyId: ecc, Message, SigningAlgorithm, MessageType: "RAW" }, raw);
  const digest = { MessageType: "DIGEST", Message: Buffer.alloc(48) };
  assert.match(await refused(digest, raw), /^AccessDeniedException/);
  assert.match(await refused({ KeyId: rsa, SigningAlgorithm: "RSASSA_PSS_SHA_256" }, raw), /^AccessDeniedException/);
  const byAlias = as(
    "alice",
    allow("kms:Sign", "*", { Condition: { StringEquals: { "kms:RequestAlias": "alias/signer" } } }),
  );
  await kms.call("CreateAlias", { AliasName: "alias/signer", TargetKeyId: ecc });
  await kms.call("Sign", { KeyId: "alias/signer", Message, SigningAlgorithm }, byAlias);
  assert.match(await refused({}, byAlias), /^AccessDeniedException/);
});

test("a grant lets its grantee sign, and a dry run ends where signing would begin", async () => {
  kms.principals.set("arn:aws:iam::111122223333:user/bob", { kind: "found" });
  const grant = { KeyId: ecc, GranteePrincipal: "arn:aws:iam::111122223333:user/bob", Operations: ["Sign"] };
  const { GrantToken } = await kms.call("CreateGrant", grant);
  await kms.call("Sign", { KeyId: ecc, Message, SigningAlgorithm, GrantTokens: [GrantToken] }, as("bob"));
  assert.match(
    await kms.refused("Verify", { KeyId: ecc, Message, SigningAlgorithm, Signature: Message }, as("bob")),
    /^AccessDeniedException/,
  );
  assert.match(await refused({ GrantTokens: ["none"] }), /^InvalidGrantTokenException/);
  const dry = "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
  assert.equal(await refused({ DryRun: true }), dry);
  assert.match(await refused({ DryRun: true, MessageType: "DIGEST" }), /^ValidationException: Digest is invalid/);
  assert.match(await refused({ DryRun: true }, as("carol")), /^AccessDeniedException/);
});

test("the record tells key, algorithm and message type, and neither message nor signature; the use is noted", async () => {
  const input = { KeyId: ecc, Message, SigningAlgorithm, GrantTokens: [] };
  const { notes, request, response } = await kms.recorded("Sign", input);
  assert.deepEqual(request, { keyId: ecc, messageType: "RAW", signingAlgorithm: SigningAlgorithm });
  assert.equal(response, null);
  assert.deepEqual(notes.additionalEventData, {});
  assert.deepEqual(notes.resources, [{ accountId: "111122223333", type: "AWS::KMS::Key", ARN: arnOf(ecc) }]);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId: ecc })).KeyLastUsage.Operation, "Sign");
});
