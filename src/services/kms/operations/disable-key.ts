import { changeKey, disable } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";
import { trailingDays } from "../trailing-days.js";

const action = "kms:DisableKey";

export const disableKey = operation("DisableKey", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: async (ctx, _input, loaded, kms) =>
    askKey(kms, ctx, loaded, { action, values: new Map([await trailingDays(kms, loaded.key, ctx.clock.now())]) }),
  run: async (ctx, _input, ok, kms) =>
    concerning(await ctx.commit(kms.database, (tx) => changeKey(tx, ok.target.key, disable))),
  audit: ASKED_AND_KEY,
});
