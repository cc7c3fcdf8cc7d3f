import assert from "node:assert/strict";
import { test } from "node:test";
import { loginProfiles } from "../../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const Password = "Correct-horse-1";

guarded("CreateLoginProfile", { UserName: "ada", Password }, `${ARN}user/ada`);

test("CreateLoginProfile keeps an Argon2id hash and nothing else of the password, and makes one a user", async (t) => {
  const iam = await openIam(t);
  const { User } = await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateLoginProfile", { UserName: "ada", Password, PasswordResetRequired: true });
  const stored = await iam.house.database.read((tx) => loginProfiles.find(tx, HOUSE_ACCOUNT, User?.UserId ?? ""));
  assert.match(stored?.hash ?? "", /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  assert.equal(JSON.stringify(stored).includes(Password), false);
  await assert.rejects(
    iam.call("CreateLoginProfile", { UserName: "ada", Password }),
    fails("EntityAlreadyExists", "Login Profile for user ada already exists."),
  );
});

test("CreateLoginProfile holds passwords to the account's policy, without one to the default", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const refused = async (Password: string, message: RegExp) =>
    assert.rejects(iam.call("CreateLoginProfile", { UserName: "ada", Password }), {
      code: "PasswordPolicyViolation",
      message,
    });
  await refused("Ab1-", /minimum length of 8/);
  await refused("abcdefgh1", /three of/);
  await iam.call("UpdateAccountPasswordPolicy", {
    MinimumPasswordLength: 12,
    RequireSymbols: true,
    RequireNumbers: true,
    RequireUppercaseCharacters: true,
    RequireLowercaseCharacters: true,
  });
  await refused("Abcdefgh-1", /minimum length of 12/);
  await refused("Abcdefghijk1", /at least one symbol/);
  await refused("Abcdefghijk-", /at least one number/);
  await refused("abcdefghij-1", /at least one uppercase letter/);
  await refused("ABCDEFGHIJ-1", /at least one lowercase letter/);
  await iam.call("CreateLoginProfile", { UserName: "ada", Password });
});
