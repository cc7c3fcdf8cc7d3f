import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("UpdateLoginProfile", { UserName: "ada", Password: "x" }, `${ARN}user/ada`);

test("UpdateLoginProfile sets another password, none that the policy remembers", async (t) => {
  const iam = await openIam(t);
  const UserName = "ada";
  await iam.call("CreateUser", { UserName });
  await assert.rejects(
    iam.call("UpdateLoginProfile", { UserName }),
    fails("NoSuchEntity", "Login Profile for User ada cannot be found."),
  );
  await iam.call("CreateLoginProfile", { UserName, Password: "Correct-horse-1" });
  await iam.call("UpdateAccountPasswordPolicy", { PasswordReusePrevention: 2 });
  const update = (Password: string) => iam.call("UpdateLoginProfile", { UserName, Password });
  await assert.rejects(update("Correct-horse-1"), { code: "PasswordPolicyViolation" });
  await update("Correct-horse-2");
  await assert.rejects(update("Correct-horse-1"), { code: "PasswordPolicyViolation" });
  await update("Correct-horse-3");
  await update("Correct-horse-1");
  await iam.call("UpdateLoginProfile", { UserName, PasswordResetRequired: true });
  assert.equal((await iam.call("GetLoginProfile", { UserName })).LoginProfile?.PasswordResetRequired, true);
});
