import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, trustText } from "../testing.js";

test("UpdateRoleDescription is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { RoleName: "deploy", Description: "new" };
  await iam.denies("UpdateRoleDescription", input, "iam:UpdateRoleDescription", `${ARN}role/deploy`);
  await assert.rejects(
    iam.call("UpdateRoleDescription", input),
    fails("NoSuchEntity", "The role with name deploy cannot be found."),
  );
});

test("UpdateRoleDescription changes the description and shows the role", async (t) => {
  const iam = await openIam(t);
  const created = await iam.call("CreateRole", {
    RoleName: "deploy",
    AssumeRolePolicyDocument: trustText({ AWS: "*" }),
  });
  const { Role } = await iam.call("UpdateRoleDescription", { RoleName: "deploy", Description: "new" });
  assert.deepEqual(Role, { ...created.Role, Description: "new" });
});
