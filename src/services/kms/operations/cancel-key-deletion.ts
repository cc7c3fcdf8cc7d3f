import { cancelDeletion, changeKey } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:CancelKeyDeletion";

export const cancelKeyDeletion = operation("CancelKeyDeletion", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, _input, ok, kms) =>
    concerning(await ctx.commit(kms.database, (tx) => changeKey(tx, ok.target.key, cancelDeletion))),
  audit: ASKED_AND_KEY,
});
