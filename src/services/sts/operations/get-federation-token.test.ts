import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { allows, openSts } from "../testing.js";

test("GetFederationToken needs permission, and is not for roots", async (t) => {
  const sts = await openSts(t);
  const ada = sts.as(await sts.user("ada"));
  await assert.rejects(ada.call("GetFederationToken", { Name: "bob" }), { name: "Denied" });
  await assert.rejects(sts.call("GetFederationToken", { Name: "bob" }), { code: "AccessDenied" });
});

test("a federated user without a session policy is allowed nothing by its maker's policies", async (t) => {
  const sts = await openSts(t);
  const ada = sts.as(await sts.user("ada", [allows(["sts:*", "s3:*"])]));
  const bare = await sts.callerOf((await ada.call("GetFederationToken", { Name: "bob" })).Credentials);
  assert.equal(bare.policies.session?.length, 1);
  assert.equal(bare.policies.session?.[0]?.name, "no session policy");
  const Policy = JSON.stringify(allows("s3:GetObject"));
  const given = await ada.call("GetFederationToken", { Name: "bob", Policy });
  const caller = await sts.callerOf(given.Credentials);
  assert.equal(caller.principal.arn, `arn:aws:sts::${HOUSE_ACCOUNT}:federated-user/bob`);
  assert.equal(caller.policies.session?.[0]?.name, "session policy");
  assert.deepEqual(given.FederatedUser, {
    FederatedUserId: `${HOUSE_ACCOUNT}:bob`,
    Arn: `arn:aws:sts::${HOUSE_ACCOUNT}:federated-user/bob`,
  });
});

test("a federated user assumes no role", async (t) => {
  const sts = await openSts(t);
  const ada = sts.as(await sts.user("ada", [allows("sts:*")]));
  const bob = sts.as(await sts.callerOf((await ada.call("GetFederationToken", { Name: "bob" })).Credentials));
  const RoleArn = `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`;
  await assert.rejects(bob.call("AssumeRole", { RoleArn, RoleSessionName: "x1" }), { code: "InvalidClientTokenId" });
  assert.equal((await bob.call("GetCallerIdentity", {})).UserId, `${HOUSE_ACCOUNT}:bob`);
});

test("GetFederationToken with tags needs sts:TagSession, and they are the federated user's", async (t) => {
  const sts = await openSts(t);
  const input = { Name: "bob", Tags: [{ Key: "Team", Value: "blue" }] };
  const plain = sts.as(await sts.user("ada", [allows("sts:GetFederationToken")]));
  await assert.rejects(
    plain.call("GetFederationToken", input),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "sts:TagSession",
  );
  const eve = sts.as(await sts.user("eve", [allows(["sts:GetFederationToken", "sts:TagSession"])]));
  const caller = await sts.callerOf((await eve.call("GetFederationToken", input)).Credentials);
  assert.equal(caller.values.get("aws:principaltag/team"), "blue");
});
