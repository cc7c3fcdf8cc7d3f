import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
  kms.principals.set(ALICE, { kind: "found" });
});
after(() => kms.close());

const ALICE = "arn:aws:iam::111122223333:user/alice";

test("over all keys, for exactly one retiring principal", async () => {
  const ids = [];
  for (let count = 0; count < 3; count++) {
    const input = { KeyId: await kms.keyId(), GranteePrincipal: ALICE, Operations: ["Encrypt"] };
    ids.push((await kms.call("CreateGrant", { ...input, RetiringPrincipal: ALICE })).GrantId);
    await kms.call("CreateGrant", input);
  }
  const first = await kms.call("ListRetirableGrants", { RetiringPrincipal: ALICE, Limit: 2 });
  const rest = await kms.call("ListRetirableGrants", { RetiringPrincipal: ALICE, Limit: 2, Marker: first.NextMarker });
  assert.deepEqual(
    [...first.Grants, ...rest.Grants].map((each) => each.GrantId),
    ids.sort(),
  );
  assert.match(await kms.refused("ListRetirableGrants", {}), /^ValidationException/);
  const both = { RetiringPrincipal: ALICE, RetiringServicePrincipal: "logs.us-east-1.amazonaws.com" };
  assert.match(await kms.refused("ListRetirableGrants", both), /^ValidationException/);
});

test("identity policies alone decide", async () => {
  const input = { RetiringPrincipal: ALICE };
  assert.match(await kms.refused("ListRetirableGrants", input, as("bob")), /on resource: \*/);
  await kms.call("ListRetirableGrants", input, as("bob", allow("kms:ListRetirableGrants")));
});

test("principals of other accounts, and services, are not asked about", async () => {
  for (const filter of [
    { RetiringPrincipal: "arn:aws:iam::444455556666:role/theirs" },
    { RetiringServicePrincipal: "logs.us-east-1.amazonaws.com" },
  ]) {
    assert.match(await kms.refused("ListRetirableGrants", filter), /^AccessDeniedException/);
  }
});
