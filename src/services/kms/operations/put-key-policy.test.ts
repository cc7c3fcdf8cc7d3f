import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const ROOT = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" };
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: [ROOT, ...statements] });

test("the new policy decides at the next call", async () => {
  const KeyId = await kms.keyId();
  const alice = as("alice", allow("kms:Encrypt"));
  await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, alice);
  const Deny = { ...ROOT, Effect: "Deny", Principal: "*", Action: "kms:Encrypt" };
  await kms.call("PutKeyPolicy", { KeyId, Policy: policy(Deny) });
  const refusal = await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, alice);
  assert.match(refusal, /with an explicit deny in a resource-based policy$/);
  await kms.call("PutKeyPolicy", { KeyId, Policy: policy() });
  await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") }, alice);
});

test("a policy that locks its writer out needs the writer's word, and then even root is out", async () => {
  kms.principals.set("arn:aws:iam::111122223333:user/alice", { kind: "found", uniqueId: "AIDAALICEAAAAAAAAAAAA" });
  const KeyId = await kms.keyId();
  const only = { ...ROOT, Principal: { AWS: "arn:aws:iam::111122223333:user/alice" } };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [only] });
  assert.match(
    await kms.refused("PutKeyPolicy", { KeyId, Policy }),
    /^MalformedPolicyDocumentException: The new key policy will not allow/,
  );
  await kms.call("PutKeyPolicy", { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
  assert.match(await kms.refused("DescribeKey", { KeyId }), /because no resource-based policy allows/);
  await kms.call("DescribeKey", { KeyId }, as("alice"));
});

test("a namesake of the user that a policy names is not that user", async () => {
  kms.principals.set("arn:aws:iam::111122223333:user/erin", { kind: "found", uniqueId: "AIDATHEFIRSTERINAAAAA" });
  const KeyId = await kms.keyId();
  const erin = { ...ROOT, Principal: { AWS: "arn:aws:iam::111122223333:user/erin" } };
  await kms.call("PutKeyPolicy", { KeyId, Policy: policy(erin) });
  // The caller that the test makes has another unique id than the one that the policy was bound to.
  assert.match(await kms.refused("DescribeKey", { KeyId }, as("erin")), /^AccessDeniedException/);
});

test("documents that are none, principals that are none and other names are refused", async () => {
  const KeyId = await kms.keyId();
  const refused = (input: object) => kms.refused("PutKeyPolicy", { KeyId, Policy: policy(), ...input });
  assert.match(await refused({ Policy: "{" }), /^MalformedPolicyDocumentException/);
  const nobody = { ...ROOT, Principal: { AWS: "arn:aws:iam::111122223333:user/nobody" } };
  const invalid = "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.";
  assert.equal(await refused({ Policy: policy(nobody) }), invalid);
  assert.equal(await refused({ PolicyName: "other" }), "NotFoundException: No such policy exists");
  assert.match(await refused({ Policy: policy({ ...ROOT, Sid: "x".repeat(33_000) }) }), /^LimitExceededException/);
});

test("who may only bypass with permission is told apart by condition", async () => {
  const KeyId = await kms.keyId();
  const never = allow("kms:*", "*", { Condition: { BoolIfExists: { "kms:BypassPolicyLockoutSafetyCheck": "false" } } });
  await kms.call("PutKeyPolicy", { KeyId, Policy: policy() }, as("ops", never));
  const bypass = { KeyId, Policy: policy(), BypassPolicyLockoutSafetyCheck: true };
  assert.match(await kms.refused("PutKeyPolicy", bypass, as("ops", never)), /^AccessDeniedException/);
});
