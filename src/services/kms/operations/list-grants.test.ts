import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
  for (const arn of [ALICE, BOB]) kms.principals.set(arn, { kind: "found" });
});
after(() => kms.close());

const ALICE = "arn:aws:iam::111122223333:user/alice";
const BOB = "arn:aws:iam::111122223333:user/bob";
const grant = async (KeyId: string, GranteePrincipal: string, more: object = {}) =>
  (await kms.call("CreateGrant", { KeyId, GranteePrincipal, Operations: ["Encrypt"], ...more })).GrantId;

test("a grant shows all that it was made of, and no token", async () => {
  const KeyId = await kms.keyId();
  const Constraints = { EncryptionContextEquals: { a: "1" } };
  const GrantId = await grant(KeyId, ALICE, { RetiringPrincipal: BOB, Name: "n", Constraints });
  const { Grants, Truncated } = await kms.call("ListGrants", { KeyId });
  assert.equal(Truncated, false);
  assert.deepEqual(Grants, [
    {
      KeyId: arnOf(KeyId),
      GrantId,
      Name: "n",
      CreationDate: kms.clock.now(),
      GranteePrincipal: ALICE,
      RetiringPrincipal: BOB,
      IssuingAccount: "arn:aws:iam::111122223333:root",
      Operations: ["Encrypt"],
      Constraints,
    },
  ]);
});

test("filters are joined; an unknown id gives an empty list; pages lose none", async () => {
  const KeyId = await kms.keyId();
  const ids = [await grant(KeyId, ALICE), await grant(KeyId, ALICE), await grant(KeyId, BOB)];
  const list = async (input: object) =>
    (await kms.call("ListGrants", { KeyId, ...input })).Grants.map((each) => each.GrantId);
  assert.deepEqual(await list({ GranteePrincipal: BOB }), [ids[2]]);
  assert.deepEqual(await list({ GrantId: ids[0] }), [ids[0]]);
  assert.deepEqual(await list({ GrantId: ids[0], GranteePrincipal: BOB }), []);
  assert.deepEqual(await list({ GrantId: "f".repeat(64) }), []);
  const first = await kms.call("ListGrants", { KeyId, Limit: 2 });
  assert.equal(first.Grants.length, 2);
  const rest = await list({ Limit: 2, Marker: first.NextMarker });
  assert.deepEqual([...first.Grants.map((each) => each.GrantId), ...rest], ids.sort());
});

test("an id that is none, and two grantees at once, are refused", async () => {
  const KeyId = await kms.keyId();
  assert.match(await kms.refused("ListGrants", { KeyId, GrantId: "x" }), /^InvalidGrantIdException/);
  const both = { KeyId, GranteePrincipal: ALICE, GranteeServicePrincipal: "ebs.amazonaws.com" };
  assert.match(await kms.refused("ListGrants", both, { viaService: "ec2.us-east-1.amazonaws.com" }), /not both\.$/);
});

test("only services filter by service, and only who may list lists", async () => {
  const KeyId = await kms.keyId();
  const byService = { KeyId, GranteeServicePrincipal: "logs.us-east-1.amazonaws.com" };
  assert.match(await kms.refused("ListGrants", byService), /^ValidationException/);
  assert.match(await kms.refused("ListGrants", { KeyId }, as("bob")), /^AccessDeniedException/);
  assert.match(await kms.refused("ListGrants", { KeyId, Limit: 101 }), /less than or equal to 100$/);
});
