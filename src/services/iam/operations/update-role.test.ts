import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, trustText } from "../testing.js";

test("UpdateRole is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  await iam.denies("UpdateRole", { RoleName: "deploy" }, "iam:UpdateRole", `${ARN}role/deploy`);
  await assert.rejects(
    iam.call("UpdateRole", { RoleName: "deploy" }),
    fails("NoSuchEntity", "The role with name deploy cannot be found."),
  );
});

test("UpdateRole changes what is given and leaves the rest", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateRole", {
    RoleName: "deploy",
    Description: "old",
    AssumeRolePolicyDocument: trustText({ AWS: "*" }),
  });
  const shown = async () => {
    const { Role } = await iam.call("GetRole", { RoleName: "deploy" });
    return [Role?.Description, Role?.MaxSessionDuration];
  };
  await iam.call("UpdateRole", { RoleName: "deploy", MaxSessionDuration: 7200 });
  assert.deepEqual(await shown(), ["old", 7200]);
  await iam.call("UpdateRole", { RoleName: "deploy", Description: "new" });
  assert.deepEqual(await shown(), ["new", 7200]);
  await iam.call("UpdateRole", { RoleName: "deploy" });
  assert.deepEqual(await shown(), ["new", 7200]);
});
