import { refuseRotationOnDemand, rotateOnDemand, rotateToImported } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:RotateKeyOnDemand";

export const rotateKeyOnDemand = operation("RotateKeyOnDemand", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, _input, ok, kms) => {
    const { key } = ok.target;
    const now = ctx.clock.now();
    // Asked here as well, so that a call that cannot succeed makes no material.
    refuseRotationOnDemand(key, now);
    const rotate = key.origin === "EXTERNAL" ? rotateToImported : rotateOnDemand;
    await rotate(kms, key, now, (unit) => ctx.commit(kms.database, unit));
    return concerning(key);
  },
  audit: ASKED_AND_KEY,
});
