import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found" });
});
after(() => kms.close());

const ALICE = "arn:aws:iam::111122223333:user/alice";

test("the next use is refused, in whatever state the key was meanwhile", async () => {
  const KeyId = await kms.keyId();
  const { GrantId } = await kms.call("CreateGrant", { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"] });
  const input = { KeyId, Plaintext: Buffer.from("x") };
  await kms.call("Encrypt", input, as("alice"));
  assert.match(await kms.refused("RevokeGrant", { KeyId, GrantId, DryRun: true }), /^DryRunOperationException/);
  await kms.call("Encrypt", input, as("alice"));
  await kms.call("DisableKey", { KeyId });
  assert.deepEqual(await kms.call("RevokeGrant", { KeyId, GrantId }), {});
  await kms.call("EnableKey", { KeyId });
  assert.match(await kms.refused("Encrypt", input, as("alice")), /^AccessDeniedException/);
});

test("a grant that is not there, an id that is none and a caller without permission are refused", async () => {
  const KeyId = await kms.keyId();
  const absent = "f".repeat(64);
  const missing = `NotFoundException: Grant ID ${absent} not found`;
  assert.equal(await kms.refused("RevokeGrant", { KeyId, GrantId: absent }), missing);
  assert.match(await kms.refused("RevokeGrant", { KeyId, GrantId: "short" }), /^InvalidGrantIdException/);
  assert.match(await kms.refused("RevokeGrant", { KeyId, GrantId: absent }, as("bob")), /^AccessDeniedException/);
});
