import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, as, deny, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found" });
  kms.principals.set(BOB, { kind: "found" });
});
after(() => kms.close());

const ALICE = "arn:aws:iam::111122223333:user/alice";
const BOB = "arn:aws:iam::111122223333:user/bob";
const newGrant = async (more: object = {}) => {
  const KeyId = await kms.keyId();
  const input = { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"], ...more };
  return { KeyId, ...(await kms.call("CreateGrant", input)) };
};
const names = ({ KeyId, GrantId }: { KeyId: string; GrantId: string }) => ({ KeyId, GrantId });

test("the retiring principal retires, by token or by id; nobody else without permission", async () => {
  const one = await newGrant({ RetiringPrincipal: BOB });
  assert.match(await kms.refused("RetireGrant", names(one), as("alice")), /^AccessDeniedException/);
  assert.match(await kms.refused("RetireGrant", { ...names(one), DryRun: true }, as("bob")), /^DryRunOperation/);
  await kms.call("RetireGrant", names(one), as("bob"));
  assert.equal((await kms.call("ListGrants", { KeyId: one.KeyId })).Grants.length, 0);
  const two = await newGrant({ RetiringPrincipal: BOB });
  await kms.call("RetireGrant", { GrantToken: two.GrantToken }, as("bob"));
  assert.match(await kms.refused("RetireGrant", { GrantToken: two.GrantToken }, as("bob")), /^InvalidGrantToken/);
});

test("the grantee retires only with RetireGrant among its operations", async () => {
  const Constraints = { EncryptionContextSubset: { a: "1" } };
  const allowed = await newGrant({ Operations: ["Encrypt", "RetireGrant"], Constraints });
  await kms.call("RetireGrant", names(allowed), as("alice"));
  assert.match(await kms.refused("RetireGrant", names(await newGrant()), as("alice")), /^AccessDeniedException/);
});

test("the account that made it retires, and its principals with its permission; a deny always counts", async () => {
  await kms.call("RetireGrant", names(await newGrant()));
  await kms.call("RetireGrant", names(await newGrant()), as("carol", allow("kms:RetireGrant")));
  const kept = names(await newGrant({ RetiringPrincipal: BOB }));
  assert.match(await kms.refused("RetireGrant", kept, as("carol")), /^AccessDeniedException/);
  assert.match(await kms.refused("RetireGrant", kept, as("bob", deny("kms:RetireGrant"))), /with an explicit deny/);
});

test("a grant is named by token or by key and id, not by both and not by half", async () => {
  const { KeyId, GrantId, GrantToken } = await newGrant();
  for (const input of [{}, { KeyId }, { GrantId }, { KeyId, GrantId, GrantToken }]) {
    assert.match(await kms.refused("RetireGrant", input), /^ValidationException/);
  }
  const absent = "f".repeat(64);
  assert.equal(
    await kms.refused("RetireGrant", { KeyId, GrantId: absent }),
    `NotFoundException: Grant ID ${absent} not found`,
  );
  assert.match(await kms.refused("RetireGrant", { KeyId, GrantId: "x" }), /^InvalidGrantIdException/);
});

test("the record names the grant; by token it shows nothing that was asked", async () => {
  const { GrantToken, GrantId } = await newGrant();
  const { request, notes } = await kms.recorded("RetireGrant", { GrantToken });
  assert.equal(request, null);
  assert.equal(notes.additionalEventData["grantId"], GrantId);
});
