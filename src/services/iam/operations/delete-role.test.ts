import assert from "node:assert/strict";
import { test } from "node:test";

import { attachReader, openWith } from "../holders-contract.js";
import { ARN, fails, openIam, policyText } from "../testing.js";

test("DeleteRole is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("DeleteRole", { RoleName: "ada" }, "iam:DeleteRole", `${ARN}role/ada`);
  await assert.rejects(
    iam.call("DeleteRole", { RoleName: "ada" }),
    fails("NoSuchEntity", "The role with name ada cannot be found."),
  );
});

test("DeleteRole refuses while a policy hangs on the role, and deletes once none does", async (t) => {
  const iam = await openWith(t, "Role");
  const ada = { RoleName: "ada" };
  const refused = (message: string) => assert.rejects(iam.call("DeleteRole", ada), fails("DeleteConflict", message));
  await attachReader(iam, "Role");
  await iam.call("PutRolePolicy", { ...ada, PolicyName: "p", PolicyDocument: policyText("s3:*") });
  await refused("Cannot delete entity, must detach all policies first.");
  await iam.call("DetachRolePolicy", { ...ada, PolicyArn: `${ARN}policy/reader` });
  await refused("Cannot delete entity, must delete policies first.");
  await iam.call("DeleteRolePolicy", { ...ada, PolicyName: "p" });
  await iam.call("DeleteRole", ada);
  await assert.rejects(iam.call("GetRole", ada), { code: "NoSuchEntity" });
});
