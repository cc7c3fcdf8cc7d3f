import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, guarded, openIam, trustText } from "../testing.js";

guarded("DeleteServiceLinkedRole", { RoleName: "deploy" }, `${ARN}role/deploy`);

test("DeleteServiceLinkedRole deletes services' roles and no others", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trustText({ AWS: "*" }) });
  await assert.rejects(iam.call("DeleteServiceLinkedRole", { RoleName: "deploy" }), { code: "InvalidInput" });
  const { Role } = await iam.call("CreateServiceLinkedRole", { AWSServiceName: "autoscaling.amazonaws.com" });
  const RoleName = Role?.RoleName ?? "";
  const { DeletionTaskId } = await iam.call("DeleteServiceLinkedRole", { RoleName });
  assert.match(
    DeletionTaskId ?? "",
    /^task\/aws-service-role\/autoscaling\.amazonaws\.com\/AWSServiceRoleForAutoScaling\//,
  );
  await assert.rejects(iam.call("GetRole", { RoleName }), { code: "NoSuchEntity" });
});
