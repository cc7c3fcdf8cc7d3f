import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("DeletePolicy is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER };
  await iam.denies("DeletePolicy", input, "iam:DeletePolicy", READER);
  await assert.rejects(iam.call("DeletePolicy", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("DeletePolicy refuses while somebody uses it or it has more versions", async (t) => {
  const iam = await openIam(t);
  const refused = (message: string) =>
    assert.rejects(iam.call("DeletePolicy", { PolicyArn: READER }), fails("DeleteConflict", message));
  await iam.call("CreatePolicy", reader);
  await iam.call("CreateUser", { UserName: "ada", PermissionsBoundary: READER });
  await refused("Cannot delete a policy attached to entities.");
  await iam.call("DeleteUserPermissionsBoundary", { UserName: "ada" });
  await iam.call("AttachUserPolicy", { UserName: "ada", PolicyArn: READER });
  await refused("Cannot delete a policy attached to entities.");
  await iam.call("DetachUserPolicy", { UserName: "ada", PolicyArn: READER });
  await iam.call("CreatePolicyVersion", { PolicyArn: READER, PolicyDocument: policyText("s3:*") });
  await refused(
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  );
  await iam.call("DeletePolicyVersion", { PolicyArn: READER, VersionId: "v2" });
  await iam.call("DeletePolicy", { PolicyArn: READER });
  await assert.rejects(iam.call("GetPolicy", { PolicyArn: READER }), { code: "NoSuchEntity" });
});

test("DeletePolicy leaves AWS's own policies alone", async (t) => {
  const iam = await openIam(t);
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  await assert.rejects(iam.call("DeletePolicy", { PolicyArn }), { code: "AccessDenied" });
});
