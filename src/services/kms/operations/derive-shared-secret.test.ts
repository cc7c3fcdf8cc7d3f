import assert from "node:assert/strict";
import { createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
let KeyId: string;
before(async () => {
  kms = await openTestService();
  KeyId = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
});
after(() => kms.close());

const pairOn = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const spki = (pair: { publicKey: ReturnType<typeof pairOn>["publicKey"] }) =>
  pair.publicKey.export({ type: "spki", format: "der" });
const PEER = pairOn("prime256v1");
const PublicKey = spki(PEER);
const input = (more: object = {}) => ({ KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey, ...more });
const refused = (more: object, parts = {}) => kms.refused("DeriveSharedSecret", input(more), parts);

test("both sides come to the same secret, as long as the curve's coordinates, and so do two keys of this house", async () => {
  for (const [KeySpec, curve, bytes] of [
    ["ECC_NIST_P256", "prime256v1", 32],
    ["ECC_NIST_P384", "secp384r1", 48],
    ["ECC_NIST_P521", "secp521r1", 66],
  ] as const) {
    const [one, two] = [
      await kms.keyId({ KeySpec, KeyUsage: "KEY_AGREEMENT" }),
      await kms.keyId({ KeySpec, KeyUsage: "KEY_AGREEMENT" }),
    ];
    const peer = pairOn(curve);
    const ours = await kms.call("GetPublicKey", { KeyId: one });
    const answer = await kms.call("DeriveSharedSecret", input({ KeyId: one, PublicKey: spki(peer) }));
    const outside = diffieHellman({
      privateKey: peer.privateKey,
      publicKey: createPublicKey({ key: Buffer.from(ours.PublicKey), format: "der", type: "spki" }),
    });
    const told = { KeyId: arnOf(one), KeyAgreementAlgorithm: "ECDH", KeyOrigin: "AWS_KMS", SharedSecret: outside };
    assert.deepEqual({ ...answer, SharedSecret: Buffer.from(answer.SharedSecret) }, told);
    assert.equal(outside.length, bytes);
    const theirs = await kms.call("GetPublicKey", { KeyId: two });
    const [there, here] = [
      await kms.call("DeriveSharedSecret", input({ KeyId: one, PublicKey: theirs.PublicKey })),
      await kms.call("DeriveSharedSecret", input({ KeyId: two, PublicKey: ours.PublicKey })),
    ];
    assert.deepEqual(there.SharedSecret, here.SharedSecret);
  }
});

test("a peer's key on another curve, off the curve, or no key at all is refused without a word, in a dry run too", async () => {
  const offCurve = Buffer.from(PublicKey);
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "der" });
  const wrong = [
    spki(pairOn("secp384r1")),
    spki(pairOn("secp256k1")),
    offCurve,
    rsa,
    Buffer.concat([PublicKey, Buffer.alloc(1)]),
    PublicKey.subarray(0, -1),
    Buffer.from("no key"),
    Buffer.alloc(8192, 0x30),
  ];
  for (const peer of wrong) {
    assert.equal(await refused({ PublicKey: peer }), "ValidationException");
    assert.equal(await refused({ PublicKey: peer, DryRun: true }), "ValidationException");
  }
  assert.match(await refused({ DryRun: true }), /^DryRunOperationException/);
});

test("only agreement keys agree, and attested recipients get nothing", async () => {
  const signing = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  assert.equal(
    await refused({ KeyId: signing }),
    `InvalidKeyUsageException: ${arnOf(signing)} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
  );
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: Buffer.from("x") };
  assert.match(await refused({ Recipient }), /^ValidationException: Attested recipients/);
  assert.match(await refused({ Recipient }, as("bob")), /^AccessDeniedException/);
});

test("policies see the algorithm; the record shows neither the peer's key nor the secret", async () => {
  const only = (algorithm: string) =>
    as("a", allow("kms:Derive*", "*", { Condition: { StringEquals: { "kms:KeyAgreementAlgorithm": algorithm } } }));
  await kms.call("DeriveSharedSecret", input(), only("ECDH"));
  assert.match(await refused({}, only("X25519")), /kms:DeriveSharedSecret/);
  const { request, response } = await kms.recorded("DeriveSharedSecret", input());
  assert.deepEqual(request, { keyId: KeyId, keyAgreementAlgorithm: "ECDH" });
  assert.equal(response, null);
  assert.equal((await kms.call("GetKeyLastUsage", { KeyId })).KeyLastUsage.Operation, "DeriveSharedSecret");
});
