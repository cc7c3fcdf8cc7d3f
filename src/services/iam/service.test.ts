import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_SCOPE, type SessionOf } from "../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { fails, openIam, policyText } from "./testing.js";

test("credentials of GetSessionToken and GetFederationToken call no operation of IAM; a role's do", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("PutUserPolicy", { UserName: "ada", PolicyName: "all", PolicyDocument: policyText("*") });
  const trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}';
  const { Role } = await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trust });
  await iam.call("PutRolePolicy", { RoleName: "deploy", PolicyName: "all", PolicyDocument: policyText("*") });

  const { identity } = iam.house;
  const callerOf = async (of: SessionOf) => {
    const session = identity.startSession({ account: HOUSE_ACCOUNT, of, chained: false, scope: EMPTY_SCOPE }, 900);
    const credential = await identity.callerOf(session.accessKeyId, session.sessionToken);
    assert.ok(credential.found);
    return credential.caller;
  };
  const id = User?.UserId ?? "";
  const refused: SessionOf[] = [{ kind: "user", id }, { kind: "user" }, { kind: "federated", id, name: "bob" }];
  for (const of of refused)
    await assert.rejects(
      iam.as(await callerOf(of)).call("ListUsers", {}),
      fails("InvalidClientTokenId", "The security token included in the request is invalid"),
    );
  const role = await callerOf({ kind: "role", id: Role?.RoleId ?? "", name: "night" });
  assert.equal((await iam.as(role).call("ListUsers", {})).Users?.length, 1);
});

test("times are whole seconds, as IAM tells them", async (t) => {
  const iam = await openIam(t);
  iam.house.clock.advance(999);
  const { User } = await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  for (const date of [User?.CreateDate, AccessKey?.CreateDate])
    assert.equal(date?.toISOString(), "2026-11-21T09:00:00.000Z");
});
