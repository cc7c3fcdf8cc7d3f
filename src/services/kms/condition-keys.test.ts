import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../base/index.js";
import { decisionInput } from "../../identity/index.js";
import type { NamesOf, RequestContext } from "../../kit/index.js";
import { testContext, userCaller } from "../../kit/testing.js";
import { kmsService } from "./service.js";
import { bytesOf, externalKey, importInto, wrapped } from "./test-imports.js";
import { arnOf, inRegion, openTestService, type TestService } from "./testing.js";

// Every condition key of kms 5.7: what it says at each kind of call, and that it says nothing anywhere else.

type Name = NamesOf<typeof import("@aws-sdk/client-kms")>;
type Value = string | readonly string[] | undefined;
/** What policies may ask about each check of a call: one check for most, two where two keys or an alias have a say. */
type Asked = readonly ((name: string) => Value)[];

let kms: TestService;
let asked: ReadonlyMap<string, Asked>;

const ALICE = "arn:aws:iam::111122223333:user/alice";
const SOURCE = "arn:aws:s3:us-east-1:111122223333:bucket";
const context = { Team: "a", project: "B" };
const x = Buffer.alloc(32, 1);

before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found" });
  asked = await askAll();
});
after(() => kms.close());

/** Looked up and asked, as the pipeline does it; not run. */
async function ask(name: Name, input: object, parts: Partial<RequestContext> = {}): Promise<Asked> {
  const operation = kmsService(kms).operations.get(name) ?? assert.fail(name);
  const ctx = testContext({ clock: kms.clock, ...parts });
  const target = await operation.target(ctx, input);
  const checks = await operation.checks(ctx, input, target);
  return checks.map((check) => (key) => decisionInput(ctx, check).request.values.get(key));
}

const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });

async function askAll(): Promise<ReadonlyMap<string, Asked>> {
  const made = { Tags: [tag("Owner", "me")] };
  const KeyId = await kms.keyId(made);
  await kms.call("CreateAlias", { AliasName: "alias/one", TargetKeyId: KeyId });
  const [signs, macs, agrees, kem, ownBytes, family] = [
    await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }),
    await kms.keyId({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
    await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }),
    await kms.keyId({ KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" }),
    await externalKey(kms),
    await kms.keyId({ MultiRegion: true }),
  ];
  const other = await kms.keyId();
  const twins = await kms.keyId({ MultiRegion: true });
  await kms.call("ReplicateKey", { KeyId: twins, ReplicaRegion: "eu-west-1" });
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: x, EncryptionContext: context });
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId: agrees });
  await importInto(kms, ownBytes, bytesOf(1));
  const material = await wrapped(kms, ownBytes, bytesOf(1));
  const grant = { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt", "Decrypt"], Name: "n" };
  const Constraints = { EncryptionContextSubset: context, SourceArn: SOURCE };
  const made2 = await kms.call("CreateGrant", { ...grant, RetiringPrincipal: ALICE, Constraints });
  const service = {
    KeyId,
    GranteeServicePrincipal: "ebs.amazonaws.com",
    RetiringServicePrincipal: "rds.amazonaws.com",
    Operations: ["Encrypt"],
    Constraints: { EncryptionContextEquals: context, SourceArn: SOURCE },
  };
  const via = { viaService: "ec2.us-east-1.amazonaws.com", sourceArn: SOURCE };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  kms.clock.advance(3 * DAY_MS + 1000);
  const calls: readonly [string, Name, object, Partial<RequestContext>?][] = [
    ["CreateKey", "CreateKey", {}],
    ["CreateKey all", "CreateKey", { ...made, MultiRegion: true, Policy, BypassPolicyLockoutSafetyCheck: true }],
    ["CreateKey signs", "CreateKey", { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }],
    ["PutKeyPolicy", "PutKeyPolicy", { KeyId, Policy }],
    ["PutKeyPolicy bypass", "PutKeyPolicy", { KeyId, Policy, BypassPolicyLockoutSafetyCheck: false }],
    ["DescribeKey", "DescribeKey", { KeyId }],
    ["DescribeKey alias", "DescribeKey", { KeyId: "alias/one" }],
    ["DescribeKey family", "DescribeKey", { KeyId: family }],
    ["Encrypt", "Encrypt", { KeyId, Plaintext: x, EncryptionContext: context }],
    ["Encrypt alias", "Encrypt", { KeyId: arnOf("x").replace("key/x", "alias/one"), Plaintext: x }],
    ["Encrypt rsa", "Encrypt", { KeyId, Plaintext: x, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" }],
    ["Encrypt via", "Encrypt", { KeyId, Plaintext: x }, via],
    ["Decrypt", "Decrypt", { CiphertextBlob, EncryptionContext: context }],
    ["GenerateDataKey", "GenerateDataKey", { KeyId, KeySpec: "AES_256", EncryptionContext: context }],
    ["ReEncrypt", "ReEncrypt", { CiphertextBlob, SourceEncryptionContext: context, DestinationKeyId: other }],
    ["ReEncrypt same", "ReEncrypt", { CiphertextBlob, DestinationKeyId: KeyId, SourceEncryptionContext: context }],
    ["GenerateDataKeyPair", "GenerateDataKeyPair", { KeyId, KeyPairSpec: "ECC_NIST_P384" }],
    ["GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyPairWithoutPlaintext", { KeyId, KeyPairSpec: "RSA_2048" }],
    ["Sign", "Sign", { KeyId: signs, Message: x, SigningAlgorithm: "ECDSA_SHA_256" }],
    [
      "Verify",
      "Verify",
      { KeyId: signs, Message: x, Signature: x, SigningAlgorithm: "ECDSA_SHA_256", MessageType: "DIGEST" },
    ],
    ["GenerateMac", "GenerateMac", { KeyId: macs, Message: x, MacAlgorithm: "HMAC_SHA_256" }],
    ["VerifyMac", "VerifyMac", { KeyId: macs, Message: x, MacAlgorithm: "HMAC_SHA_256", Mac: x }],
    ["DeriveSharedSecret", "DeriveSharedSecret", { KeyId: agrees, KeyAgreementAlgorithm: "ECDH", PublicKey }],
    ["Encapsulate", "Encapsulate", { KeyId: kem }],
    ["GetPublicKey", "GetPublicKey", { KeyId: signs }],
    ["GenerateRandom", "GenerateRandom", { NumberOfBytes: 8 }],
    ["CreateGrant", "CreateGrant", { ...grant, RetiringPrincipal: ALICE, Constraints }],
    ["CreateGrant plain", "CreateGrant", grant],
    ["CreateGrant service", "CreateGrant", service, via],
    ["ListGrants", "ListGrants", { KeyId }],
    ["ListGrants via", "ListGrants", { KeyId }, via],
    ["RevokeGrant", "RevokeGrant", { KeyId, GrantId: made2.GrantId }],
    ["RetireGrant", "RetireGrant", { KeyId, GrantId: made2.GrantId }],
    [
      "GetParametersForImport",
      "GetParametersForImport",
      { KeyId: ownBytes, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" },
    ],
    [
      "ImportKeyMaterial",
      "ImportKeyMaterial",
      { ...material, ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: new Date("2027-01-01T00:00:00Z") },
    ],
    ["EnableKeyRotation", "EnableKeyRotation", { KeyId, RotationPeriodInDays: 100 }],
    ["ScheduleKeyDeletion", "ScheduleKeyDeletion", { KeyId }],
    ["ScheduleKeyDeletion days", "ScheduleKeyDeletion", { KeyId: other, PendingWindowInDays: 8 }],
    ["DisableKey", "DisableKey", { KeyId: other }],
    ["TagResource", "TagResource", { KeyId, Tags: [tag("Team", "b")] }],
    ["UntagResource", "UntagResource", { KeyId, TagKeys: ["Team"] }],
    ["CreateAlias", "CreateAlias", { AliasName: "alias/two", TargetKeyId: KeyId }],
    ["UpdateAlias", "UpdateAlias", { AliasName: "alias/one", TargetKeyId: other }],
    ["DeleteAlias", "DeleteAlias", { AliasName: "alias/one" }],
    ["ListKeys", "ListKeys", {}],
    ["ListAliases", "ListAliases", {}],
    ["DescribeCustomKeyStores", "DescribeCustomKeyStores", {}],
    ["ReplicateKey", "ReplicateKey", { KeyId: family, ReplicaRegion: "eu-west-1", ...made }],
    ["UpdatePrimaryRegion", "UpdatePrimaryRegion", { KeyId: twins, PrimaryRegion: "eu-west-1" }],
    ["DescribeKey replica", "DescribeKey", { KeyId: twins }, inRegion("eu-west-1")],
    ["GetKeyPolicy", "GetKeyPolicy", { KeyId }],
  ];
  const answers = new Map<string, Asked>();
  for (const [label, name, input, parts] of calls) answers.set(label, await ask(name, input, parts));
  return answers;
}

/** What each call's checks say of a key, by label; calls that say nothing are left out. */
function told(key: string): Record<string, Value | readonly Value[]> {
  const rows = [...asked].map(([label, checks]): [string, readonly Value[]] => [label, checks.map((get) => get(key))]);
  const some = rows.filter(([, values]) => values.some((value) => value !== undefined));
  return Object.fromEntries(some.map(([label, values]) => [label, new Set(values).size === 1 ? values[0] : values]));
}

const CIPHER_CALLS = [
  "Encrypt",
  "Encrypt alias",
  "Encrypt via",
  "Decrypt",
  "GenerateDataKey",
  "ReEncrypt",
  "ReEncrypt same",
];
const PAIRS = ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"];
const same = (labels: readonly string[], value: Value) => Object.fromEntries(labels.map((label) => [label, value]));
const contextCalls = ["Encrypt", "Decrypt", "GenerateDataKey", "CreateGrant", "CreateGrant service"];
const ofTwo = (value: Value) => ({ ReEncrypt: [value, undefined], "ReEncrypt same": [value, undefined] });

const EXACTLY: Readonly<Record<string, Record<string, Value | readonly Value[]>>> = {
  "kms:bypasspolicylockoutsafetycheck": { "CreateKey all": "true", "PutKeyPolicy bypass": "false" },
  "kms:datakeypairspec": {
    GenerateDataKeyPair: "ECC_NIST_P384",
    GenerateDataKeyPairWithoutPlaintext: "RSA_2048",
  },
  "kms:encryptionalgorithm": {
    ...same([...CIPHER_CALLS, ...PAIRS], "SYMMETRIC_DEFAULT"),
    "Encrypt rsa": "RSAES_OAEP_SHA_256",
  },
  "kms:encryptioncontext:team": { ...same(contextCalls, "a"), ...ofTwo("a") },
  "kms:encryptioncontext:project": { ...same(contextCalls, "B"), ...ofTwo("B") },
  "kms:encryptioncontext:more": {},
  "kms:expirationmodel": { ImportKeyMaterial: "KEY_MATERIAL_EXPIRES" },
  "kms:validto": { ImportKeyMaterial: String(Date.UTC(2027, 0, 1) / 1000) },
  "kms:grantconstrainttype": {
    CreateGrant: "EncryptionContextSubset",
    "CreateGrant service": "EncryptionContextEquals",
    RetireGrant: "EncryptionContextSubset",
  },
  "kms:grantconstraintsourcearn": same(["CreateGrant", "CreateGrant service"], SOURCE),
  "kms:granteeprincipal": same(["CreateGrant", "CreateGrant plain"], ALICE),
  "kms:retiringprincipal": { CreateGrant: ALICE },
  "kms:granteeserviceprincipal": { "CreateGrant service": "ebs.amazonaws.com" },
  "kms:retiringserviceprincipal": { "CreateGrant service": "rds.amazonaws.com" },
  "kms:grantisforawsresource": {
    ...same(["CreateGrant", "CreateGrant plain", "ListGrants", "RevokeGrant"], "false"),
    ...same(["CreateGrant service", "ListGrants via"], "true"),
  },
  "kms:keyagreementalgorithm": { DeriveSharedSecret: "ECDH" },
  "kms:macalgorithm": same(["GenerateMac", "VerifyMac"], "HMAC_SHA_256"),
  "kms:messagetype": { Sign: "RAW", Verify: "DIGEST" },
  "kms:signingalgorithm": same(["Sign", "Verify"], "ECDSA_SHA_256"),
  "kms:replicaregion": { ReplicateKey: ["eu-west-1", undefined, undefined] },
  "kms:reencryptonsamekey": { ReEncrypt: "false", "ReEncrypt same": "true" },
  "kms:requestalias": same(["DescribeKey alias", "Encrypt alias"], "alias/one"),
  "kms:rotationperiodindays": { EnableKeyRotation: "100" },
  "kms:schedulekeydeletionpendingwindowindays": { ScheduleKeyDeletion: "30", "ScheduleKeyDeletion days": "8" },
  "kms:trailingdayswithoutkeyusage": same(["ScheduleKeyDeletion", "ScheduleKeyDeletion days", "DisableKey"], "3"),
  "kms:viaservice": same(["Encrypt via", "CreateGrant service", "ListGrants via"], "ec2.us-east-1.amazonaws.com"),
  "kms:wrappingalgorithm": { GetParametersForImport: "RSAES_OAEP_SHA_256" },
  "kms:wrappingkeyspec": { GetParametersForImport: "RSA_2048" },
  "kms:primaryregion": { UpdatePrimaryRegion: "eu-west-1" },
  "kms:recipientattestation:imagesha384": {},
};

for (const [key, expected] of Object.entries(EXACTLY)) {
  test(`${key} is there where it should be, says what it should, and is nowhere else`, () => {
    assert.deepEqual(told(key), expected);
  });
}

const ON_NO_KEY = ["GenerateRandom", "ListKeys", "ListAliases", "DescribeCustomKeyStores"];
const ON_ALIASES = ["CreateAlias", "UpdateAlias", "DeleteAlias"];
const MAKES = ["CreateKey", "CreateKey all", "CreateKey signs"];

test("what a key is, and what it would be when it is made: spec, usage, origin, multi-Region", () => {
  const twins = [
    ["kms:keyspec", "kms:customermasterkeyspec", "ECC_NIST_P256", "SYMMETRIC_DEFAULT"],
    ["kms:keyusage", "kms:customermasterkeyusage", "SIGN_VERIFY", "ENCRYPT_DECRYPT"],
  ] as const;
  for (const [key, twin, ofSigning, ofOthers] of twins) {
    const values = told(key);
    assert.deepEqual(told(twin), values, twin);
    for (const label of ["Sign", "Verify", "GetPublicKey", "CreateKey signs"]) assert.equal(values[label], ofSigning);
    for (const label of ["Encrypt", "DescribeKey", "CreateGrant", "CreateKey"]) assert.equal(values[label], ofOthers);
    for (const label of ON_NO_KEY) assert.equal(values[label], undefined, label);
    for (const label of ON_ALIASES)
      assert.equal(Array(values[label]).flat()[0], undefined, "not on the alias's own ARN");
  }
  const origins = told("kms:keyorigin");
  assert.deepEqual(
    [origins["ImportKeyMaterial"], origins["Encrypt"], origins["CreateKey"]],
    ["EXTERNAL", "AWS_KMS", "AWS_KMS"],
  );
  const multi = told("kms:multiregion");
  assert.deepEqual([multi["DescribeKey family"], multi["Encrypt"], multi["CreateKey"]], ["true", "false", "false"]);
  assert.equal(Array(multi["CreateKey all"]).flat()[0], "true");
});

test("kms:MultiRegionKeyType is PRIMARY or REPLICA, and absent for single-Region keys", () => {
  const types = told("kms:multiregionkeytype");
  assert.equal(types["DescribeKey family"], "PRIMARY");
  assert.equal(types["DescribeKey replica"], "REPLICA");
  assert.deepEqual(types["UpdatePrimaryRegion"], ["PRIMARY", "REPLICA"]);
  assert.equal(types["Encrypt"], undefined);
  assert.equal(types["CreateKey"], undefined);
  assert.equal(Array(types["CreateKey all"]).flat()[0], "PRIMARY");
  assert.equal(Array(types["ReplicateKey"]).flat()[0], "PRIMARY");
});

test("kms:ResourceAliases names the aliases bound to the key", () => {
  const aliases = told("kms:resourcealiases");
  for (const label of ["Encrypt", "Decrypt", "DescribeKey", "CreateGrant", "RetireGrant"])
    assert.deepEqual(aliases[label], ["alias/one"], label);
  for (const label of ["Sign", "GenerateMac", ...ON_NO_KEY, ...MAKES]) assert.equal(aliases[label], undefined, label);
});

test("aws:ResourceTag/… are the key's own tags, aws:RequestTag/… and aws:TagKeys those of the request", () => {
  const owner = told("aws:resourcetag/owner");
  for (const label of ["Encrypt", "Decrypt", "DescribeKey", "CreateGrant", "TagResource"])
    assert.equal(owner[label], "me", label);
  for (const label of ["Sign", ...ON_NO_KEY, ...MAKES]) assert.equal(owner[label], undefined, label);
  for (const label of ON_ALIASES) assert.equal([owner[label]].flat()[0], undefined, "aliases have no tags");
  assert.deepEqual(Object.keys(told("aws:requesttag/owner")), ["CreateKey all", "ReplicateKey"]);
  assert.deepEqual(told("aws:requesttag/team"), { TagResource: "b" });
  assert.deepEqual(Object.keys(told("aws:tagkeys")), ["CreateKey all", "TagResource", "UntagResource", "ReplicateKey"]);
});

test("kms:CallerAccount is there on every call", () => {
  assert.deepEqual(told("kms:calleraccount"), same([...asked.keys()], "111122223333"));
});

test("kms:TrailingDaysWithoutKeyUsage counts from the last use, whole days only", async () => {
  const KeyId = await kms.keyId();
  const days = async () => (await ask("DisableKey", { KeyId }))[0]?.("kms:trailingdayswithoutkeyusage");
  assert.equal(await days(), "0");
  kms.clock.advance(2 * DAY_MS - 1);
  assert.equal(await days(), "1");
  await kms.call("Encrypt", { KeyId, Plaintext: x });
  assert.equal(await days(), "0");
  await kms.refused("Encrypt", { KeyId, Plaintext: x, DryRun: true });
  kms.clock.advance(DAY_MS);
  assert.equal(await days(), "1");
});

test("a caller may be held to a key that nobody used for a while", async () => {
  const KeyId = await kms.keyId();
  const Condition = { NumericGreaterThanEquals: { "kms:TrailingDaysWithoutKeyUsage": "90" } };
  const Statement = [{ Effect: "Allow", Action: "kms:ScheduleKeyDeletion", Resource: "*", Condition }];
  const who = { caller: userCaller("tidy", [{ Version: "2012-10-17", Statement }]) };
  kms.clock.advance(89 * DAY_MS);
  assert.match(await kms.refused("ScheduleKeyDeletion", { KeyId }, who), /^AccessDeniedException/);
  kms.clock.advance(DAY_MS);
  await kms.call("ScheduleKeyDeletion", { KeyId }, who);
});
