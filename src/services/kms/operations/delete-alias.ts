import { checkAliasName, keyRows } from "../../../kms/index.js";
import { askAlias, findAliasTarget } from "../alias-target.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:DeleteAlias";

/** In every state of the key: the name goes, the key stays. */
export const deleteAlias = operation("DeleteAlias", {
  target: (ctx, input, kms) => {
    checkAliasName(input.AliasName);
    return findAliasTarget(kms, ctx, input.AliasName, action);
  },
  checks: async (ctx, input, { current }, kms) => [
    askAlias(ctx, input.AliasName, action),
    ...(await askKey(kms, ctx, current, { action })),
  ],
  run: async (ctx, _input, ok, kms) => {
    const { account, region, name } = ok.target.alias;
    await ctx.commit(kms.database, async (tx) => {
      // It may have been moved or deleted since it was looked up; whatever key it names now is told of the change.
      const alias = await keyRows.findAlias(tx, account, region, name);
      if (alias !== undefined) await keyRows.deleteAlias(tx, alias);
    });
    return concerning(ok.target.current.key);
  },
  audit: ASKED_AND_KEY,
});
