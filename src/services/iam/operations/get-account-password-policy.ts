import { onAccount } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { policyOf } from "../passwords.js";
import { operation } from "../ports.js";

export const getAccountPasswordPolicy = operation("GetAccountPasswordPolicy", {
  checks: onAccount("iam:GetAccountPasswordPolicy"),
  run: async (ctx, _input, _ok, { database }) => {
    const { account } = ctx.caller;
    const policy = await database.read((tx) => policyOf(tx, account));
    if (policy === undefined) throw noSuchEntity(`The Password Policy with domain name ${account} cannot be found.`);
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.minimumLength,
        RequireSymbols: policy.symbols,
        RequireNumbers: policy.numbers,
        RequireUppercaseCharacters: policy.uppercase,
        RequireLowercaseCharacters: policy.lowercase,
        AllowUsersToChangePassword: policy.usersMayChange,
        ExpirePasswords: policy.maxAgeDays > 0,
        ...(policy.maxAgeDays > 0 ? { MaxPasswordAge: policy.maxAgeDays } : {}),
        ...(policy.reusePrevention > 0 ? { PasswordReusePrevention: policy.reusePrevention } : {}),
        HardExpiry: policy.hardExpiry,
      },
    };
  },
});
