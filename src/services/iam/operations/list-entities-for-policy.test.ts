import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText, trustText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("ListEntitiesForPolicy is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER };
  await iam.denies("ListEntitiesForPolicy", input, "iam:ListEntitiesForPolicy", READER);
  await assert.rejects(
    iam.call("ListEntitiesForPolicy", input),
    fails("NoSuchEntity", `Policy ${READER} was not found.`),
  );
});

test("ListEntitiesForPolicy tells whom it hangs on, by kind and by use", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateUser", { UserName: "bob", PermissionsBoundary: READER });
  await iam.call("CreateGroup", { GroupName: "team" });
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trustText({ AWS: "*" }) });
  await iam.call("AttachUserPolicy", { UserName: "ada", PolicyArn: READER });
  await iam.call("AttachGroupPolicy", { GroupName: "team", PolicyArn: READER });
  await iam.call("AttachRolePolicy", { RoleName: "deploy", PolicyArn: READER });

  const names = async (input: object) => {
    const listed = await iam.call("ListEntitiesForPolicy", { PolicyArn: READER, ...input });
    return [
      listed.PolicyUsers?.map((user) => user.UserName),
      listed.PolicyRoles?.map((role) => role.RoleName),
      listed.PolicyGroups?.map((group) => group.GroupName),
    ];
  };
  assert.deepEqual(await names({}), [["ada", "bob"], ["deploy"], ["team"]]);
  assert.deepEqual(await names({ EntityFilter: "Role" }), [[], ["deploy"], []]);
  assert.deepEqual(await names({ EntityFilter: "AWSManagedPolicy" }), [[], [], []]);
  assert.deepEqual(await names({ PolicyUsageFilter: "PermissionsBoundary" }), [["bob"], [], []]);
  assert.deepEqual(await names({ PolicyUsageFilter: "PermissionsPolicy" }), [["ada"], ["deploy"], ["team"]]);
});
