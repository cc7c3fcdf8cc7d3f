import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, openIam } from "../testing.js";

guarded("UpdateAccountPasswordPolicy", {}, "*");

test("UpdateAccountPasswordPolicy replaces the whole policy", async (t) => {
  const iam = await openIam(t);
  await iam.call("UpdateAccountPasswordPolicy", { MinimumPasswordLength: 14, MaxPasswordAge: 90, HardExpiry: true });
  const shown = async () => (await iam.call("GetAccountPasswordPolicy", {})).PasswordPolicy;
  assert.deepEqual(
    [(await shown())?.MinimumPasswordLength, (await shown())?.ExpirePasswords, (await shown())?.MaxPasswordAge],
    [14, true, 90],
  );
  await iam.call("UpdateAccountPasswordPolicy", { RequireNumbers: true });
  assert.deepEqual(await shown(), {
    MinimumPasswordLength: 6,
    RequireSymbols: false,
    RequireNumbers: true,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: false,
    HardExpiry: false,
  });
});
