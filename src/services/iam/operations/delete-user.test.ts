import assert from "node:assert/strict";
import { test } from "node:test";

import { attachReader } from "../holders-contract.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("DeleteUser is refused without permission, and nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("DeleteUser", { UserName: "ada" }, "iam:DeleteUser", `${ARN}user/ada`);
  await assert.rejects(
    iam.call("DeleteUser", { UserName: "ada" }),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});

test("DeleteUser refuses while anything hangs on the user, and deletes once nothing does", async (t) => {
  const iam = await openIam(t);
  const ada = { UserName: "ada" };
  const refused = (message: string) => assert.rejects(iam.call("DeleteUser", ada), fails("DeleteConflict", message));
  await iam.call("CreateUser", ada);
  await attachReader(iam, "User");
  await iam.call("PutUserPolicy", { ...ada, PolicyName: "p", PolicyDocument: policyText("s3:*") });
  const { AccessKey } = await iam.call("CreateAccessKey", ada);
  await iam.call("CreateGroup", { GroupName: "team" });
  await iam.call("AddUserToGroup", { ...ada, GroupName: "team" });

  await refused("Cannot delete entity, must detach all policies first.");
  await iam.call("DetachUserPolicy", { ...ada, PolicyArn: `${ARN}policy/reader` });
  await refused("Cannot delete entity, must delete policies first.");
  await iam.call("DeleteUserPolicy", { ...ada, PolicyName: "p" });
  await refused("Cannot delete entity, must delete access keys first.");
  await iam.call("DeleteAccessKey", { AccessKeyId: AccessKey?.AccessKeyId ?? "", ...ada });
  await refused("Cannot delete entity, must remove users from group first.");
  await iam.call("RemoveUserFromGroup", { ...ada, GroupName: "team" });
  await iam.call("DeleteUser", ada);
  await assert.rejects(iam.call("GetUser", ada), { code: "NoSuchEntity" });
  assert.deepEqual(await iam.raw("ListUsers", {}), { Users: [], IsTruncated: false });
});

test("a user made again under a deleted name is another user", async (t) => {
  const iam = await openIam(t);
  const first = await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("DeleteUser", { UserName: "ada" });
  const second = await iam.call("CreateUser", { UserName: "ada" });
  assert.notEqual(second.User?.UserId, first.User?.UserId);
});
