import { onAccount } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

/** Nobody signs in with a password here: no account has a policy for them. */
export const getAccountPasswordPolicy = operation("GetAccountPasswordPolicy", {
  checks: onAccount("iam:GetAccountPasswordPolicy"),
  run: async (ctx) => {
    throw noSuchEntity(`The Password Policy with domain name ${ctx.caller.account} cannot be found.`);
  },
});
