import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, trustText } from "../testing.js";

test("UpdateAssumeRolePolicy is refused without permission, and no role is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { RoleName: "deploy", PolicyDocument: trustText({ AWS: "*" }) };
  await iam.denies("UpdateAssumeRolePolicy", input, "iam:UpdateAssumeRolePolicy", `${ARN}role/deploy`);
  await assert.rejects(
    iam.call("UpdateAssumeRolePolicy", input),
    fails("NoSuchEntity", "The role with name deploy cannot be found."),
  );
});

test("UpdateAssumeRolePolicy refuses a bad policy and keeps the old one", async (t) => {
  const iam = await openIam(t);
  const old = trustText({ AWS: "*" });
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: old });
  for (const PolicyDocument of ["{", trustText({ AWS: `${ARN}user/nobody` }), trustText({ AWS: "*" }, "s3:*")])
    await assert.rejects(iam.call("UpdateAssumeRolePolicy", { RoleName: "deploy", PolicyDocument }), {
      code: "MalformedPolicyDocument",
    });
  const { Role } = await iam.call("GetRole", { RoleName: "deploy" });
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), old);
});

test("UpdateAssumeRolePolicy replaces the policy", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trustText({ AWS: "*" }) });
  const PolicyDocument = trustText({ Service: "lambda.amazonaws.com" });
  await iam.call("UpdateAssumeRolePolicy", { RoleName: "deploy", PolicyDocument });
  const { Role } = await iam.call("GetRole", { RoleName: "deploy" });
  assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), PolicyDocument);
});
