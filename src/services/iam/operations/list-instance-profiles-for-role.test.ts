import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, trustText } from "../testing.js";

test("ListInstanceProfilesForRole is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { RoleName: "deploy" };
  await iam.denies("ListInstanceProfilesForRole", input, "iam:ListInstanceProfilesForRole", `${ARN}role/deploy`);
  await assert.rejects(
    iam.call("ListInstanceProfilesForRole", input),
    fails("NoSuchEntity", "The role with name deploy cannot be found."),
  );
});

test("ListInstanceProfilesForRole is an empty list for a role that is in none", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trustText({ AWS: "*" }) });
  const listed = await iam.raw("ListInstanceProfilesForRole", { RoleName: "deploy" });
  assert.deepEqual(listed, { InstanceProfiles: [], IsTruncated: false });
});
