import { directory } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { unlessTaken } from "../names.js";
import { operation } from "../ports.js";

/** An account has one alias: a new one takes the old one's place. */
export const createAccountAlias = operation("CreateAccountAlias", {
  checks: onAccount("iam:CreateAccountAlias"),
  run: (ctx, { AccountAlias: alias }, _ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const taken = `The account alias ${alias} already exists.`;
      await unlessTaken(taken, directory.setAccountAlias(tx, ctx.caller.account, alias));
      return {};
    }),
});
