import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("DeleteLoginProfile", { UserName: "ada" }, `${ARN}user/ada`);

test("DeleteLoginProfile takes the password away; the user cannot be deleted before", async (t) => {
  const iam = await openIam(t);
  const UserName = "ada";
  await iam.call("CreateUser", { UserName });
  const none = fails("NoSuchEntity", "Login Profile for User ada cannot be found.");
  await assert.rejects(iam.call("DeleteLoginProfile", { UserName }), none);
  await iam.call("CreateLoginProfile", { UserName, Password: "Correct-horse-1" });
  await assert.rejects(
    iam.call("DeleteUser", { UserName }),
    fails("DeleteConflict", "Cannot delete entity, must delete login profile first."),
  );
  await iam.call("DeleteLoginProfile", { UserName });
  await assert.rejects(iam.call("GetLoginProfile", { UserName }), none);
  await iam.call("DeleteUser", { UserName });
});
