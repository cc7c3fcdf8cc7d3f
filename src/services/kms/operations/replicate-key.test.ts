import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, inRegion, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const WEST = "eu-west-1";
const west = inRegion(WEST);
const primary = () => kms.keyId({ MultiRegion: true });
const replicate = (KeyId: string, more: object = {}) =>
  kms.call("ReplicateKey", { KeyId, ReplicaRegion: WEST, ...more });
const refused = (KeyId: string, more: object = {}, parts = {}) =>
  kms.refused("ReplicateKey", { KeyId, ReplicaRegion: WEST, ...more }, parts);
const describe = async (KeyId: string, parts = {}) => (await kms.call("DescribeKey", { KeyId }, parts)).KeyMetadata;

test("a multi-Region key has an id of its own kind and is a primary that stands alone", async () => {
  const KeyId = await primary();
  assert.match(KeyId, /^mrk-[0-9a-f]{32}$/);
  const { MultiRegion, MultiRegionConfiguration } = await describe(KeyId);
  assert.equal(MultiRegion, true);
  assert.deepEqual(MultiRegionConfiguration, {
    MultiRegionKeyType: "PRIMARY",
    PrimaryKey: { Arn: arnOf(KeyId), Region: "us-east-1" },
    ReplicaKeys: [],
  });
  assert.equal(
    await kms.refused("DescribeKey", { KeyId }, west),
    `NotFoundException: Key '${arnOf(KeyId, WEST)}' does not exist`,
  );
});

test("the answer tells of a replica that is being created; afterwards it is enabled, with defaults", async () => {
  const KeyId = await primary();
  const { ReplicaKeyMetadata, ReplicaPolicy, ReplicaTags } = await replicate(KeyId);
  assert.equal(ReplicaKeyMetadata.Arn, arnOf(KeyId, WEST));
  assert.deepEqual([ReplicaKeyMetadata.KeyState, ReplicaKeyMetadata.Enabled], ["Creating", false]);
  assert.equal("CurrentKeyMaterialId" in ReplicaKeyMetadata, false);
  assert.match(ReplicaPolicy, /"Id":"key-default-1"/);
  assert.deepEqual(ReplicaTags, []);
  const [here, there] = [await describe(KeyId), await describe(KeyId, west)];
  assert.deepEqual([there.KeyState, there.Enabled, there.Description], ["Enabled", true, ""]);
  assert.equal(there.CurrentKeyMaterialId, here.CurrentKeyMaterialId);
  const related = {
    PrimaryKey: { Arn: arnOf(KeyId), Region: "us-east-1" },
    ReplicaKeys: [{ Arn: arnOf(KeyId, WEST), Region: WEST }],
  };
  assert.deepEqual(here.MultiRegionConfiguration, { MultiRegionKeyType: "PRIMARY", ...related });
  assert.deepEqual(there.MultiRegionConfiguration, { MultiRegionKeyType: "REPLICA", ...related });
});

test("policy, description and tags are the replica's own, and the primary's stay at home", async () => {
  const KeyId = await kms.keyId({ MultiRegion: true, Description: "first", Tags: [{ TagKey: "a", TagValue: "1" }] });
  await kms.call("CreateAlias", { AliasName: "alias/first", TargetKeyId: KeyId });
  const { Policy } = await kms.call("GetKeyPolicy", { KeyId });
  const own = JSON.stringify({ ...JSON.parse(Policy), Id: "own" });
  const Tags = [{ TagKey: "b", TagValue: "2" }];
  const { ReplicaTags } = await replicate(KeyId, { Policy: own, Description: "second", Tags });
  assert.deepEqual(ReplicaTags, Tags);
  assert.equal((await describe(KeyId, west)).Description, "second");
  assert.equal((await kms.call("GetKeyPolicy", { KeyId }, west)).Policy, own);
  assert.deepEqual((await kms.call("ListResourceTags", { KeyId }, west)).Tags, Tags);
  assert.deepEqual((await kms.call("ListAliases", { KeyId }, west)).Aliases, []);
  await kms.call("DisableKey", { KeyId }, west);
  assert.equal((await describe(KeyId)).KeyState, "Enabled");
  assert.equal((await describe(KeyId)).Description, "first");
});

test("what one sealed any other opens, and naming a related key is naming the same key", async () => {
  const KeyId = await primary();
  await replicate(KeyId);
  await replicate(KeyId, { ReplicaRegion: "us-west-2" });
  const regions = ["us-east-1", WEST, "us-west-2"].map((region) => inRegion(region));
  for (const from of regions) {
    const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, from);
    for (const to of regions) {
      const opened = await kms.call("Decrypt", { CiphertextBlob, KeyId }, to);
      assert.equal(Buffer.from(opened.Plaintext).toString(), "x");
      assert.equal(opened.KeyId, arnOf(KeyId, to.region));
      const moved = await kms.call("ReEncrypt", { CiphertextBlob, DestinationKeyId: KeyId }, to);
      await kms.call("Decrypt", { CiphertextBlob: moved.CiphertextBlob }, from);
    }
  }
});

test("key pairs and HMAC keys are replicated whole: signatures, codes and secrets are interchangeable", async () => {
  const pair = async (KeySpec: string, KeyUsage: string) => {
    const KeyId = await kms.keyId({ MultiRegion: true, KeySpec, KeyUsage });
    const { ReplicaKeyMetadata } = await replicate(KeyId);
    assert.deepEqual([ReplicaKeyMetadata.KeySpec, ReplicaKeyMetadata.KeyUsage], [KeySpec, KeyUsage]);
    return KeyId;
  };
  const Message = Buffer.from("message");
  const signer = await pair("ECC_NIST_P256", "SIGN_VERIFY");
  const publicKey = async (parts = {}) => (await kms.call("GetPublicKey", { KeyId: signer }, parts)).PublicKey;
  assert.deepEqual(await publicKey(west), await publicKey());
  const signing = { KeyId: signer, Message, SigningAlgorithm: "ECDSA_SHA_256" };
  const { Signature } = await kms.call("Sign", signing, west);
  assert.equal((await kms.call("Verify", { ...signing, Signature })).SignatureValid, true);
  const coder = { KeyId: await pair("HMAC_256", "GENERATE_VERIFY_MAC"), Message, MacAlgorithm: "HMAC_SHA_256" };
  const { Mac } = await kms.call("GenerateMac", coder);
  assert.deepEqual((await kms.call("GenerateMac", coder, west)).Mac, Mac);
  const agreeing = { KeyId: await pair("ECC_NIST_P384", "KEY_AGREEMENT"), KeyAgreementAlgorithm: "ECDH" };
  const { PublicKey } = await kms.call("GetPublicKey", { KeyId: agreeing.KeyId }, west);
  const secrets = [await kms.call("DeriveSharedSecret", { ...agreeing, PublicKey })];
  secrets.push(await kms.call("DeriveSharedSecret", { ...agreeing, PublicKey }, west));
  assert.deepEqual(secrets[0]?.SharedSecret, secrets[1]?.SharedSecret);
});

test("only an enabled primary is replicated, to a Region that is another, known, and free", async () => {
  const KeyId = await primary();
  assert.match(
    await refused(KeyId, { ReplicaRegion: "us-east-1" }),
    /^ValidationException: us-east-1 is the Region of/,
  );
  for (const ReplicaRegion of ["eu-west-9", "cn-north-1", "us-gov-west-1"]) {
    assert.match(await refused(KeyId, { ReplicaRegion }), /^ValidationException: The Region/, ReplicaRegion);
  }
  await replicate(KeyId);
  assert.match(await refused(KeyId), /^AlreadyExistsException/);
  const unsupported = (arn: string) => `UnsupportedOperationException: ${arn} is not a multi-region primary key.`;
  assert.equal(await refused(KeyId, { ReplicaRegion: "us-west-2" }, west), unsupported(arnOf(KeyId, WEST)));
  const single = await kms.keyId();
  assert.equal(await refused(single), unsupported(arnOf(single)));
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 }, west);
  assert.match(await refused(KeyId), /^AlreadyExistsException/, "also while the replica waits for its end");
  assert.match(
    await refused(KeyId, { ReplicaRegion: "us-west-2", Tags: [{ TagKey: "aws:a", TagValue: "" }] }),
    /^TagException/,
  );
});

test("the primary's policy says who replicates it and whereto; identity policies say who makes keys there", async () => {
  const KeyId = await primary();
  const may = (...statements: object[]) => as("bob", { Version: "2012-10-17", Statement: statements });
  const statement = (Action: string, Condition: object = {}) => ({ Effect: "Allow", Action, Resource: "*", Condition });
  const toWest = statement("kms:ReplicateKey", { StringEquals: { "kms:ReplicaRegion": WEST } });
  const create = (region: string) =>
    statement("kms:CreateKey", {
      StringEquals: { "aws:RequestedRegion": region, "kms:MultiRegionKeyType": "REPLICA" },
    });
  assert.match(await refused(KeyId, {}, may(toWest)), /kms:CreateKey on resource: \* because no identity-based policy/);
  assert.match(await refused(KeyId, {}, may(create(WEST))), /kms:ReplicateKey on resource: arn:aws:kms:us-east-1/);
  assert.match(
    await refused(KeyId, {}, may(toWest, create("us-east-1"))),
    /kms:CreateKey/,
    "allowed at home is not there",
  );
  const bob = may(toWest, create(WEST));
  assert.match(await refused(KeyId, { ReplicaRegion: "us-west-2" }, bob), /kms:ReplicateKey/);
  const Tags = [{ TagKey: "a", TagValue: "1" }];
  assert.match(await refused(KeyId, { Tags }, bob), new RegExp(`kms:TagResource on resource: ${arnOf(KeyId, WEST)}`));
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: WEST }, bob);
  const stranger = as(
    "eve",
    allow("kms:*", "*", { Condition: { StringEquals: { "kms:MultiRegionKeyType": "PRIMARY" } } }),
  );
  await kms.call("DescribeKey", { KeyId }, stranger);
  assert.match(await kms.refused("DescribeKey", { KeyId }, inRegion(WEST, stranger)), /^AccessDenied/);
});

test("a policy that locks its writer out of the replica is refused, unless they insist", async () => {
  const KeyId = await primary();
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" }],
  });
  assert.match(
    await refused(KeyId, { Policy }),
    /^MalformedPolicyDocumentException: The new key policy will not allow/,
  );
  assert.match(await kms.refused("DescribeKey", { KeyId }, west), /^NotFoundException/, "nothing was left there");
  await replicate(KeyId, { Policy, BypassPolicyLockoutSafetyCheck: true });
});

test("the trail has ReplicateKey at home and CreateKey in the replica's Region, called by KMS for the caller", async () => {
  const KeyId = await primary();
  const { request, response, notes } = await kms.recorded(
    "ReplicateKey",
    { KeyId, ReplicaRegion: WEST },
    as("bob", allow("kms:*")),
  );
  assert.deepEqual(request, {
    keyId: KeyId,
    replicaRegion: WEST,
    bypassPolicyLockoutSafetyCheck: false,
    description: "",
  });
  assert.deepEqual(Object.keys(response ?? {}), ["replicaKeyMetadata", "replicaPolicy", "replicaTags"]);
  assert.deepEqual(
    notes.resources.map(({ ARN }) => ARN),
    [arnOf(KeyId)],
  );
  const event = kms.records
    .filter(({ eventName, awsRegion }) => eventName === "CreateKey" && awsRegion === WEST)
    .at(-1);
  assert.equal(event?.userIdentity["invokedBy"], "kms.amazonaws.com");
  assert.equal(event?.userIdentity["userName"], "bob");
  assert.equal(event?.sourceIPAddress, "kms.amazonaws.com");
  assert.equal(event?.requestParameters?.["multiRegion"], true);
  assert.deepEqual(
    event?.resources?.map(({ ARN }) => ARN),
    [arnOf(KeyId, WEST)],
  );
});
