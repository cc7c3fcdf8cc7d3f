import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProfile, makeRole, NAMED, PROFILE_ARN } from "../instance-profiles-contract.js";
import { fails, guarded, openIam } from "../testing.js";

guarded("DeleteInstanceProfile", NAMED, PROFILE_ARN, makeProfile);

test("DeleteInstanceProfile is refused while a role is in it", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  await makeRole(iam);
  await iam.call("AddRoleToInstanceProfile", { ...NAMED, RoleName: "deploy" });
  await assert.rejects(
    iam.call("DeleteInstanceProfile", NAMED),
    fails("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."),
  );
  await iam.call("RemoveRoleFromInstanceProfile", { ...NAMED, RoleName: "deploy" });
  await iam.call("DeleteInstanceProfile", NAMED);
  await assert.rejects(
    iam.call("DeleteInstanceProfile", NAMED),
    fails("NoSuchEntity", "Instance Profile web cannot be found."),
  );
});
