import { directory } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

export const deleteAccountAlias = operation("DeleteAccountAlias", {
  checks: onAccount("iam:DeleteAccountAlias"),
  run: (ctx, { AccountAlias: alias }, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const account = await directory.account(tx, ctx.caller.account);
      if (account?.alias !== alias) throw noSuchEntity(`The account alias ${alias} cannot be found.`);
      await directory.setAccountAlias(tx, account.id, undefined);
      return {};
    }),
});
