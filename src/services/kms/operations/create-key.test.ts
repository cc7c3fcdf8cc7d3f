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
  assert.match(await refused({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }), /^UnsupportedOperationException/);
  assert.match(await refused({ Origin: "EXTERNAL" }), /^UnsupportedOperationException/);
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
