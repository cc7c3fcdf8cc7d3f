import { changeKey, withRotation } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:EnableKeyRotation";

export const enableKeyRotation = operation("EnableKeyRotation", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, { RotationPeriodInDays: days }, loaded, kms) => {
    const values = new Map(days === undefined ? [] : [["kms:rotationperiodindays", String(days)]]);
    return askKey(kms, ctx, loaded, { action, values });
  },
  run: async (ctx, input, ok, kms) =>
    concerning(
      await ctx.commit(kms.database, (tx) =>
        changeKey(tx, ok.target.key, (key) => withRotation(key, input.RotationPeriodInDays, ctx.clock.now())),
      ),
    ),
  audit: ASKED_AND_KEY,
});
