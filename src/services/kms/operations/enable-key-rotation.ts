import { changeShared, tellReplicas, withRotation } from "../../../kms/index.js";
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
  run: async (ctx, input, ok, kms) => {
    const now = ctx.clock.now();
    const { key, replicas } = await ctx.commit(kms.database, (tx) =>
      changeShared(tx, ok.target.key, (current) => withRotation(current, input.RotationPeriodInDays, now)),
    );
    await tellReplicas(kms, replicas, now);
    return concerning(key);
  },
  audit: ASKED_AND_KEY,
});
