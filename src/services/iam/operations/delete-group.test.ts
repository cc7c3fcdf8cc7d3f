import assert from "node:assert/strict";
import { test } from "node:test";

import { attachReader } from "../holders-contract.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("DeleteGroup is refused without permission, and no group is found that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("DeleteGroup", { GroupName: "ada" }, "iam:DeleteGroup", `${ARN}group/ada`);
  await assert.rejects(
    iam.call("DeleteGroup", { GroupName: "ada" }),
    fails("NoSuchEntity", "The group with name ada cannot be found."),
  );
});

test("DeleteGroup refuses while it has members or policies, and deletes once it has none", async (t) => {
  const iam = await openIam(t);
  const ada = { GroupName: "ada" };
  const refused = (message: string) => assert.rejects(iam.call("DeleteGroup", ada), fails("DeleteConflict", message));
  await iam.call("CreateGroup", ada);
  await iam.call("CreateUser", { UserName: "bob" });
  await iam.call("AddUserToGroup", { ...ada, UserName: "bob" });
  await attachReader(iam, "Group");
  await iam.call("PutGroupPolicy", { ...ada, PolicyName: "p", PolicyDocument: policyText("s3:*") });

  await refused("Cannot delete entity, must remove users from group first.");
  await iam.call("RemoveUserFromGroup", { ...ada, UserName: "bob" });
  await refused("Cannot delete entity, must detach all policies first.");
  await iam.call("DetachGroupPolicy", { ...ada, PolicyArn: `${ARN}policy/reader` });
  await refused("Cannot delete entity, must delete policies first.");
  await iam.call("DeleteGroupPolicy", { ...ada, PolicyName: "p" });
  await iam.call("DeleteGroup", ada);
  await assert.rejects(iam.call("GetGroup", ada), { code: "NoSuchEntity" });
});
