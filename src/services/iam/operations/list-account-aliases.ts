import { directory } from "../../../identity/index.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";

export const listAccountAliases = operation("ListAccountAliases", {
  checks: onAccount("iam:ListAccountAliases"),
  run: async (ctx, _input, _ok, { database }) => {
    const account = await database.read((tx) => directory.account(tx, ctx.caller.account));
    return { AccountAliases: account?.alias === undefined ? [] : [account.alias], IsTruncated: false };
  },
});
