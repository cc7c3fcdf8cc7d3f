import { passwordPolicies, type StoredPasswordPolicy } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { POLICY_NAME, policyOf } from "../passwords.js";
import { operation } from "../ports.js";

const LEAST_LENGTH = 6;

/** Replaces the whole policy: what is left out has its default again. */
export const updateAccountPasswordPolicy = operation("UpdateAccountPasswordPolicy", {
  checks: onAccount("iam:UpdateAccountPasswordPolicy"),
  run: (ctx, input, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const { account } = ctx.caller;
      const policy: StoredPasswordPolicy = {
        account,
        name: POLICY_NAME,
        path: "/",
        ownerId: "",
        minimumLength: input.MinimumPasswordLength ?? LEAST_LENGTH,
        symbols: input.RequireSymbols ?? false,
        numbers: input.RequireNumbers ?? false,
        uppercase: input.RequireUppercaseCharacters ?? false,
        lowercase: input.RequireLowercaseCharacters ?? false,
        usersMayChange: input.AllowUsersToChangePassword ?? false,
        maxAgeDays: input.MaxPasswordAge ?? 0,
        reusePrevention: input.PasswordReusePrevention ?? 0,
        hardExpiry: input.HardExpiry ?? false,
      };
      const known = await policyOf(tx, account);
      await (known === undefined ? passwordPolicies.insert(tx, policy) : passwordPolicies.update(tx, policy));
      return {};
    }),
});
