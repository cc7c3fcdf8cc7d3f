import { changeKey, refuseIf } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:UpdateKeyDescription";

export const updateKeyDescription = operation("UpdateKeyDescription", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, input, ok, kms) => {
    await ctx.commit(kms.database, (tx) =>
      changeKey(tx, ok.target.key, (key) => {
        refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
        return { ...key, description: input.Description };
      }),
    );
    return {};
  },
  audit: ASKED,
});
