import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const refused = (input: object) => kms.refused("CreateKey", input);

test("spec and usage must be said and go together", async () => {
  const need =
    "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
  assert.equal(await refused({ KeySpec: "RSA_2048" }), need);
  const clash = "ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT";
  assert.equal(await refused({ KeyUsage: "SIGN_VERIFY" }), clash);
  assert.match(
    await refused({ KeySpec: "HMAC_256", KeyUsage: "ENCRYPT_DECRYPT" }),
    /is not compatible with KeySpec HMAC_256$/,
  );
  const twins = { KeySpec: "RSA_2048", CustomerMasterKeySpec: "RSA_3072", KeyUsage: "SIGN_VERIFY" };
  assert.match(await refused(twins), /^ValidationException/);
});

test("what this house does not make yet is refused clearly, and nothing is left behind", async () => {
  for (const KeyUsage of ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"]) {
    assert.match(
      await refused({ KeySpec: "SM2", KeyUsage }),
      /^UnsupportedOperationException: Keys with the key spec SM2/,
    );
  }
  const pqc = { Origin: "EXTERNAL", KeySpec: "ML_DSA_65", KeyUsage: "SIGN_VERIFY" };
  assert.match(await refused(pqc), /^UnsupportedOperationException/);
  const inStore = { Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "cks-1" };
  assert.match(await refused({ ...inStore, MultiRegion: true }), /^UnsupportedOperationException/);
  assert.match(await refused({ Origin: "AWS_CLOUDHSM" }), /^ValidationException/);
  assert.match(
    await refused({ Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "cks-1" }),
    /^CustomKeyStoreNotFoundException/,
  );
  assert.deepEqual((await kms.call("ListKeys", {})).Keys, []);
});

test("tags are checked in the recorded words", async () => {
  const tags = (...keys: string[]) => ({ Tags: keys.map((TagKey) => ({ TagKey, TagValue: "v" })) });
  assert.equal(await refused(tags("a", "a")), "TagException: Duplicate tag keys");
  assert.equal(await refused(tags("AWS:a")), "TagException: Tags beginning with aws: are reserved");
  const many = Array.from({ length: 51 }, (_, at) => `k${at}`);
  assert.equal(await refused(tags(...many)), "TagException: Too many tags");
  const KeyId = await kms.keyId(tags(...many.slice(0, 50)));
  assert.equal((await kms.call("ListResourceTags", { KeyId })).Tags.length, 50);
});

test("a policy that would lock its writer out is refused, unless the writer insists", async () => {
  kms.principals.set("arn:aws:iam::111122223333:user/alice", { kind: "found", uniqueId: "AIDAALICEAAAAAAAAAAAA" });
  const Policy = (action: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:user/alice" }, Action: action, Resource: "*" },
      ],
    });
  const lockout =
    "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.";
  assert.equal(await refused({ Policy: Policy("kms:*") }), lockout, "root is not alice");
  const alice = as("alice", allow("kms:CreateKey"));
  await kms.call("CreateKey", { Policy: Policy("kms:*") }, alice);
  assert.equal(await kms.refused("CreateKey", { Policy: Policy("kms:Decrypt") }, alice), lockout);
  await kms.call("CreateKey", { Policy: Policy("kms:Decrypt"), BypassPolicyLockoutSafetyCheck: true }, alice);
});

test("the lockout check counts the writer's identity policies and the new policy's denies", async () => {
  const root = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111122223333:root" },
    Action: "kms:*",
    Resource: "*",
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [root] });
  await kms.call("CreateKey", { Policy }, as("carol", allow(["kms:CreateKey", "kms:PutKeyPolicy"])));
  assert.match(
    await kms.refused("CreateKey", { Policy }, as("dave", allow("kms:CreateKey"))),
    /^MalformedPolicyDocument/,
  );
  const denied = { ...root, Effect: "Deny", Principal: "*", Action: "kms:PutKeyPolicy" };
  const withDeny = JSON.stringify({ Version: "2012-10-17", Statement: [root, denied] });
  assert.match(await refused({ Policy: withDeny }), /^MalformedPolicyDocument/);
});

test("identity policies alone decide who makes keys, by spec and by tag too", async () => {
  assert.match(
    await kms.refused("CreateKey", {}, as("bob")),
    /on resource: \* because no identity-based policy allows the kms:CreateKey action$/,
  );
  const onlyRsa = as(
    "bob",
    allow("kms:CreateKey", "*", { Condition: { StringEquals: { "kms:KeySpec": "RSA_2048" } } }),
  );
  assert.match(await kms.refused("CreateKey", {}, onlyRsa), /^AccessDeniedException/);
  const Tags = [{ TagKey: "team", TagValue: "a" }];
  const untagged = as("bob", allow("kms:CreateKey"));
  await kms.call("CreateKey", {}, untagged);
  assert.match(await kms.refused("CreateKey", { Tags }, untagged), /kms:TagResource on resource: arn:aws:kms/);
  await kms.call("CreateKey", { Tags }, as("bob", allow(["kms:CreateKey", "kms:TagResource"])));
});

test("the record shows what was asked, with defaults, and the metadata in CloudTrail's spelling", async () => {
  const Tags = [{ TagKey: "team", TagValue: "a" }];
  const { notes, request, response } = await kms.recorded("CreateKey", { Description: "d", Tags });
  assert.deepEqual(request, {
    description: "d",
    keySpec: "SYMMETRIC_DEFAULT",
    customerMasterKeySpec: "SYMMETRIC_DEFAULT",
    keyUsage: "ENCRYPT_DECRYPT",
    origin: "AWS_KMS",
    bypassPolicyLockoutSafetyCheck: false,
    multiRegion: false,
    tags: [{ tagKey: "team", tagValue: "a" }],
  });
  const metadata = Object(response?.["keyMetadata"]);
  assert.equal(metadata.aWSAccountId, "111122223333");
  assert.equal(metadata.creationDate, "Nov 21, 2026, 9:00:00 AM");
  assert.deepEqual(
    notes.resources.map((resource) => resource.ARN),
    [arnOf(metadata.keyId)],
  );
});

/** Every spec with every usage that it has; primes of 3072 and 4096 bits are searched for where a whole server runs. */
const SPECS: readonly (readonly [spec: string, usage: string, list: string, algorithms: string])[] = [
  ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", "SYMMETRIC_DEFAULT"],
  ["RSA_2048", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", "RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256"],
  [
    "RSA_2048",
    "SIGN_VERIFY",
    "SigningAlgorithms",
    "RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512 RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512",
  ],
  ["ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_256"],
  ["ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_384"],
  ["ECC_NIST_P521", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_512"],
  ["ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", "ECDH"],
  ["ECC_NIST_P384", "KEY_AGREEMENT", "KeyAgreementAlgorithms", "ECDH"],
  ["ECC_NIST_P521", "KEY_AGREEMENT", "KeyAgreementAlgorithms", "ECDH"],
  ["ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_256"],
  ["ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", "ED25519_SHA_512 ED25519_PH_SHA_512"],
  ["HMAC_224", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_224"],
  ["HMAC_256", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_256"],
  ["HMAC_384", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_384"],
  ["HMAC_512", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_512"],
  ["ML_DSA_44", "SIGN_VERIFY", "SigningAlgorithms", "ML_DSA_SHAKE_256"],
  ["ML_DSA_65", "SIGN_VERIFY", "SigningAlgorithms", "ML_DSA_SHAKE_256"],
  ["ML_DSA_87", "SIGN_VERIFY", "SigningAlgorithms", "ML_DSA_SHAKE_256"],
  ["ML_KEM_512", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", "ML_KEM"],
  ["ML_KEM_768", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", "ML_KEM"],
  ["ML_KEM_1024", "ENCAPSULATE_DECAPSULATE", "EncapsulationAlgorithms", "ML_KEM"],
];
const USAGES = [...new Set(SPECS.map(([, usage]) => usage))];

test("every spec is made for each of its usages and for no other, with one list of algorithms", async () => {
  for (const [KeySpec, KeyUsage, list, algorithms] of SPECS) {
    const { KeyMetadata } = await kms.call("CreateKey", { KeySpec, KeyUsage });
    const told = { ...KeyMetadata } as Readonly<Record<string, unknown>>; // any member may be there, or not
    assert.deepEqual([told["KeySpec"], told["CustomerMasterKeySpec"], told["KeyUsage"]], [KeySpec, KeySpec, KeyUsage]);
    assert.deepEqual([told["KeyState"], told["Enabled"], told["Origin"]], ["Enabled", true, "AWS_KMS"]);
    assert.deepEqual(told[list], algorithms.split(" "));
    assert.equal(Object.keys(told).filter((name) => name.endsWith("Algorithms")).length, 1);
    assert.equal("CurrentKeyMaterialId" in told, KeySpec === "SYMMETRIC_DEFAULT", "of symmetric encryption keys alone");
    assert.deepEqual((await kms.call("DescribeKey", { KeyId: KeyMetadata.KeyId })).KeyMetadata, KeyMetadata);
  }
  for (const KeySpec of new Set(SPECS.map(([spec]) => spec))) {
    for (const KeyUsage of USAGES.filter((usage) => !SPECS.some(([s, u]) => s === KeySpec && u === usage))) {
      const text = `ValidationException: KeyUsage ${KeyUsage} is not compatible with KeySpec ${KeySpec}`;
      assert.equal(await refused({ KeySpec, KeyUsage }), text);
    }
  }
});

test("the deprecated twin makes the same key, and its record shows both", async () => {
  const asked = { CustomerMasterKeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" };
  const { request, response } = await kms.recorded("CreateKey", asked);
  assert.deepEqual([request?.["keySpec"], request?.["customerMasterKeySpec"]], ["ECC_NIST_P256", "ECC_NIST_P256"]);
  const metadata = Object(response?.["keyMetadata"]);
  assert.deepEqual([metadata.keySpec, metadata.keyUsage], ["ECC_NIST_P256", "SIGN_VERIFY"]);
  await kms.keyId({ ...asked, KeySpec: "ECC_NIST_P256" });
});

test("key pairs and HMAC keys do not rotate", async () => {
  for (const input of [
    { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
  ]) {
    const KeyId = await kms.keyId(input);
    for (const name of ["EnableKeyRotation", "RotateKeyOnDemand", "ListKeyRotations"] as const) {
      assert.equal(await kms.refused(name, { KeyId }), "UnsupportedOperationException");
    }
  }
});
