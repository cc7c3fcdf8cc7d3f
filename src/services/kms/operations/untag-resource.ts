import { changeKey, checkTagKeys, refuseIf, withoutTags } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:UntagResource";

export const untagResource = operation("UntagResource", {
  target: (ctx, input, kms) => {
    checkTagKeys(input.TagKeys);
    return ownKey(kms, ctx, input.KeyId, action);
  },
  checks: (ctx, input, loaded, kms) =>
    askKey(kms, ctx, loaded, { action, values: new Map([["aws:tagkeys", input.TagKeys]]) }),
  run: async (ctx, input, ok, kms) =>
    concerning(
      await ctx.commit(kms.database, (tx) =>
        changeKey(tx, ok.target.key, (key) => {
          refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
          return { ...key, tags: withoutTags(key.tags, input.TagKeys) };
        }),
      ),
    ),
  audit: ASKED_AND_KEY,
});
