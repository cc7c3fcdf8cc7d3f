import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

test("AddUserToGroup is refused without permission on the group", async (t) => {
  const iam = await openIam(t);
  await iam.denies("AddUserToGroup", { GroupName: "team", UserName: "ada" }, "iam:AddUserToGroup", `${ARN}group/team`);
});

test("AddUserToGroup finds neither group nor user that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateGroup", { GroupName: "team" });
  await assert.rejects(
    iam.call("AddUserToGroup", { GroupName: "team", UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(
    iam.call("AddUserToGroup", { GroupName: "none", UserName: "ada" }),
    fails("NoSuchEntity", "The group with name none cannot be found."),
  );
});

test("AddUserToGroup stops at ten groups; adding twice is adding once", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  for (let count = 0; count <= 10; count += 1) await iam.call("CreateGroup", { GroupName: `g${count}` });
  for (let count = 0; count < 10; count += 1)
    await iam.call("AddUserToGroup", { GroupName: `g${count}`, UserName: "ada" });
  await iam.call("AddUserToGroup", { GroupName: "g0", UserName: "ada" });
  await assert.rejects(
    iam.call("AddUserToGroup", { GroupName: "g10", UserName: "ada" }),
    fails("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10"),
  );
});

test("a member has what its group's policies give, from the next request on", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const identityPolicies = async () => {
    const credential = await iam.house.identity.callerOf(AccessKey?.AccessKeyId ?? "", undefined);
    return credential.found ? credential.caller.policies.identity.map(({ name }) => name) : undefined;
  };
  await iam.call("CreateGroup", { GroupName: "team" });
  await iam.call("PutGroupPolicy", { GroupName: "team", PolicyName: "read", PolicyDocument: policyText("s3:Get*") });
  assert.deepEqual(await identityPolicies(), []);
  await iam.call("AddUserToGroup", { GroupName: "team", UserName: "ada" });
  assert.deepEqual(await identityPolicies(), ["inline policy read of group team"]);
});
