import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, guarded, openIam } from "../testing.js";

guarded(
  "GetServiceLinkedRoleDeletionStatus",
  { DeletionTaskId: "task/aws-service-role/s.amazonaws.com/AWSServiceRoleForS/1" },
  `${ARN}role/aws-service-role/s.amazonaws.com/AWSServiceRoleForS`,
);

test("GetServiceLinkedRoleDeletionStatus knows the deletions that were asked for", async (t) => {
  const iam = await openIam(t);
  const { Role } = await iam.call("CreateServiceLinkedRole", { AWSServiceName: "autoscaling.amazonaws.com" });
  const { DeletionTaskId = "" } = await iam.call("DeleteServiceLinkedRole", { RoleName: Role?.RoleName ?? "" });
  assert.deepEqual(await iam.call("GetServiceLinkedRoleDeletionStatus", { DeletionTaskId }), { Status: "SUCCEEDED" });
  await assert.rejects(iam.call("GetServiceLinkedRoleDeletionStatus", { DeletionTaskId: `${DeletionTaskId}0` }), {
    code: "NoSuchEntity",
  });
});
