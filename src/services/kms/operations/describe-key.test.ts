import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ABSENT, allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("a new key shows exactly the members that the real service shows", async () => {
  const KeyId = await kms.keyId({ Description: "test key 123" });
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId });
  const { CreationDate, CurrentKeyMaterialId, ...rest } = KeyMetadata;
  assert.match(CurrentKeyMaterialId, /^[0-9a-f]{64}$/);
  assert.deepEqual(CreationDate, kms.clock.now());
  assert.deepEqual(rest, {
    AWSAccountId: "111122223333",
    KeyId,
    Arn: arnOf(KeyId),
    Enabled: true,
    Description: "test key 123",
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: "Enabled",
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  });
});

test("all four names of a key describe it", async () => {
  const KeyId = await kms.keyId();
  await kms.call("CreateAlias", { AliasName: "alias/four", TargetKeyId: KeyId });
  for (const name of [KeyId, arnOf(KeyId), "alias/four", "arn:aws:kms:us-east-1:111122223333:alias/four"]) {
    assert.equal((await kms.call("DescribeKey", { KeyId: name })).KeyMetadata.KeyId, KeyId);
  }
});

test("what is not there is said in the recorded words", async () => {
  const refused = (KeyId: string) => kms.refused("DescribeKey", { KeyId });
  assert.equal(await refused(ABSENT), `NotFoundException: Key '${arnOf(ABSENT)}' does not exist`);
  assert.equal(await refused("fake-key-id"), "NotFoundException: Invalid keyId 'fake-key-id'");
  const alias = "arn:aws:kms:us-east-1:111122223333:alias/none";
  assert.equal(await refused("alias/none"), `NotFoundException: Alias ${alias} is not found.`);
  assert.equal(
    await refused(arnOf(ABSENT).replace("us-east-1", "eu-west-1")),
    "NotFoundException: Invalid arn eu-west-1",
  );
  assert.match(await refused(arnOf(ABSENT).replace("kms", "s3")), /^InvalidArnException/);
});

test("it makes the AWS managed key of a predefined alias, which nobody uses directly or changes", async () => {
  const { KeyMetadata } = await kms.call("DescribeKey", { KeyId: "alias/aws/s3" });
  assert.equal(KeyMetadata.KeyManager, "AWS");
  const { KeyId } = KeyMetadata;
  const policies = allow("kms:*");
  for (const caller of [undefined, as("alice", policies)]) {
    assert.match(
      await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, caller),
      /^AccessDeniedException/,
    );
    for (const name of ["DisableKey", "ScheduleKeyDeletion", "EnableKeyRotation"] as const) {
      assert.match(await kms.refused(name, { KeyId }, caller), /^AccessDeniedException/, name);
    }
  }
  assert.equal((await kms.call("GetKeyRotationStatus", { KeyId })).KeyRotationEnabled, true);
  assert.match((await kms.call("GetKeyPolicy", { KeyId })).Policy, /kms:ViaService/);
});

test("without permission nothing is described, and only what the alias in the request allows is", async () => {
  const KeyId = await kms.keyId();
  const text = `User: arn:aws:iam::111122223333:user/bob is not authorized to perform: kms:DescribeKey on resource: ${arnOf(KeyId)} because no identity-based policy allows the kms:DescribeKey action`;
  assert.equal(await kms.refused("DescribeKey", { KeyId }, as("bob")), `AccessDeniedException: ${text}`);
  await kms.call("CreateAlias", { AliasName: "alias/asked", TargetKeyId: KeyId });
  const byAlias = as(
    "bob",
    allow("kms:*", "*", { Condition: { StringEquals: { "kms:RequestAlias": "alias/asked" } } }),
  );
  await kms.call("DescribeKey", { KeyId: "alias/asked" }, byAlias);
  assert.match(await kms.refused("DescribeKey", { KeyId }, byAlias), /^AccessDeniedException/);
});

test("a grant of DescribeKey is enough, with or without its token; a token of nobody is refused", async () => {
  const KeyId = await kms.keyId();
  kms.principals.set("arn:aws:iam::111122223333:user/bob", { kind: "found" });
  const grantee = { GranteePrincipal: "arn:aws:iam::111122223333:user/bob", Operations: ["DescribeKey"] };
  const { GrantToken } = await kms.call("CreateGrant", { KeyId, ...grantee });
  await kms.call("DescribeKey", { KeyId }, as("bob"));
  await kms.call("DescribeKey", { KeyId, GrantTokens: [GrantToken] }, as("bob"));
  const wrong = { KeyId, GrantTokens: ["x"] };
  assert.match(await kms.refused("DescribeKey", wrong, as("bob")), /^InvalidGrantTokenException/);
});
