import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("GetLoginProfile", { UserName: "ada" }, `${ARN}user/ada`);

test("GetLoginProfile shows when, never what; without one it finds none", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(
    iam.call("GetLoginProfile", { UserName: "ada" }),
    fails("NoSuchEntity", "Login Profile for User ada cannot be found."),
  );
  await iam.call("CreateLoginProfile", { UserName: "ada", Password: "Correct-horse-1" });
  const { LoginProfile } = await iam.call("GetLoginProfile", { UserName: "ada" });
  assert.deepEqual(LoginProfile, {
    UserName: "ada",
    CreateDate: iam.house.clock.now(),
    PasswordResetRequired: false,
  });
});
