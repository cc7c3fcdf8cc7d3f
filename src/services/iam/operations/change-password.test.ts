import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ARN, fails, guarded, openIam, policyText } from "../testing.js";

const [OldPassword, NewPassword] = ["Correct-horse-1", "Correct-horse-2"];

guarded("ChangePassword", { OldPassword, NewPassword }, `${ARN}user/nobody`);

test("ChangePassword is for users, who know the old one", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("ChangePassword", { OldPassword, NewPassword }),
    fails("InvalidUserType", "Only IAM Users can change their own password."),
  );
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateLoginProfile", { UserName: "ada", Password: OldPassword, PasswordResetRequired: true });
  const ada = iam.as(userCaller("ada", [JSON.parse(policyText("iam:ChangePassword"))], HOUSE_ACCOUNT));
  await assert.rejects(ada.call("ChangePassword", { OldPassword: NewPassword, NewPassword }), { code: "AccessDenied" });
  await assert.rejects(ada.call("ChangePassword", { OldPassword, NewPassword: "short" }), {
    code: "PasswordPolicyViolation",
  });
  await ada.call("ChangePassword", { OldPassword, NewPassword });
  await assert.rejects(ada.call("ChangePassword", { OldPassword, NewPassword }), { code: "AccessDenied" });
  const { LoginProfile } = await iam.call("GetLoginProfile", { UserName: "ada" });
  assert.equal(LoginProfile?.PasswordResetRequired, false);
});
