import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProfile, makeRole, NAMED, PROFILE_ARN } from "../instance-profiles-contract.js";
import { fails, guarded, openIam } from "../testing.js";

guarded("RemoveRoleFromInstanceProfile", { ...NAMED, RoleName: "deploy" }, PROFILE_ARN, makeProfile);

test("RemoveRoleFromInstanceProfile lets the role go, and only the one that is in it", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  await makeRole(iam);
  await makeRole(iam, "other");
  await iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "deploy" });
  await assert.rejects(
    iam.call("RemoveRoleFromInstanceProfile", { ...NAMED, RoleName: "other" }),
    fails("NoSuchEntity", "The role with name other cannot be found."),
  );
  await iam.call("RemoveRoleFromInstanceProfile", { ...NAMED, RoleName: "deploy" });
  assert.deepEqual((await iam.call("GetInstanceProfile", NAMED)).InstanceProfile?.Roles, []);
  await iam.call("DeleteRole", { RoleName: "deploy" });
});
