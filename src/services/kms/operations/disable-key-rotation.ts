import { changeShared, tellReplicas, withoutRotation } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:DisableKeyRotation";

export const disableKeyRotation = operation("DisableKeyRotation", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, _input, ok, kms) => {
    const { replicas } = await ctx.commit(kms.database, (tx) => changeShared(tx, ok.target.key, withoutRotation));
    await tellReplicas(kms, replicas, ctx.clock.now());
    return {};
  },
  audit: ASKED,
});
