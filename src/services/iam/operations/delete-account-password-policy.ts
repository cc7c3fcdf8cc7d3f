import { passwordPolicies } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { POLICY_NAME, policyOf } from "../passwords.js";
import { operation } from "../ports.js";

export const deleteAccountPasswordPolicy = operation("DeleteAccountPasswordPolicy", {
  checks: onAccount("iam:DeleteAccountPasswordPolicy"),
  run: (ctx, _input, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const { account } = ctx.caller;
      if ((await policyOf(tx, account)) === undefined)
        throw noSuchEntity(`The account policy with name PasswordPolicy cannot be found.`);
      await passwordPolicies.delete(tx, account, POLICY_NAME);
      return {};
    }),
});
