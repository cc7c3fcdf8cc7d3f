import { changeKey, enable, rotateIfDue } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:EnableKey";

export const enableKey = operation("EnableKey", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, _input, ok, kms) => {
    const key = await ctx.commit(kms.database, (tx) => changeKey(tx, ok.target.key, enable));
    // A rotation that came due while the key was disabled runs now (kms R-4).
    await rotateIfDue(kms, key, ctx.clock.now());
    return concerning(key);
  },
  audit: ASKED_AND_KEY,
});
