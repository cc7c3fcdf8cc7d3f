import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { makeProfile, makeRole, NAMED, PROFILE_ARN } from "../instance-profiles-contract.js";
import { fails, guarded, openIam, policyText } from "../testing.js";

const INPUT = { ...NAMED, RoleName: "deploy" };

guarded("AddRoleToInstanceProfile", INPUT, PROFILE_ARN, makeProfile);

test("AddRoleToInstanceProfile needs iam:PassRole on the role", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  await makeRole(iam);
  const delegate = (actions: string[]) =>
    iam.as(userCaller("delegate", [JSON.parse(policyText(actions))], HOUSE_ACCOUNT));
  await assert.rejects(
    delegate(["iam:AddRoleToInstanceProfile"]).call("AddRoleToInstanceProfile", INPUT),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:PassRole",
  );
  await delegate(["iam:AddRoleToInstanceProfile", "iam:PassRole"]).call("AddRoleToInstanceProfile", INPUT);
});

test("AddRoleToInstanceProfile puts one role in it, which cannot be deleted meanwhile", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  await makeRole(iam);
  await makeRole(iam, "other");
  await assert.rejects(
    iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "nobody" }),
    fails("NoSuchEntity", "The role with name nobody cannot be found."),
  );
  await iam.call("AddRoleToInstanceProfile", INPUT);
  await assert.rejects(
    iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "other" }),
    fails("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"),
  );
  const { InstanceProfile } = await iam.call("GetInstanceProfile", NAMED);
  assert.deepEqual(
    InstanceProfile?.Roles?.map((role) => role.RoleName),
    ["deploy"],
  );
  const listed = await iam.call("ListInstanceProfilesForRole", { RoleName: "deploy" });
  assert.deepEqual(
    listed.InstanceProfiles?.map((each) => each.InstanceProfileName),
    ["web"],
  );
  await assert.rejects(
    iam.call("DeleteRole", { RoleName: "deploy" }),
    fails("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."),
  );
});
