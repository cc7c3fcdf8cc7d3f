import { addTagValues, changeKey, checkTags, refuseIf, withTags } from "../../../kms/index.js";
import { ASKED_AND_KEY, concerning } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";
import { tagsOf } from "../tags.js";

const action = "kms:TagResource";

export const tagResource = operation("TagResource", {
  target: (ctx, input, kms) => {
    checkTags(tagsOf(input.Tags));
    return ownKey(kms, ctx, input.KeyId, action);
  },
  checks: (ctx, input, loaded, kms) => {
    const values = new Map<string, string | readonly string[]>();
    addTagValues(values, tagsOf(input.Tags));
    return askKey(kms, ctx, loaded, { action, values });
  },
  run: async (ctx, input, ok, kms) =>
    concerning(
      await ctx.commit(kms.database, (tx) =>
        changeKey(tx, ok.target.key, (key) => {
          refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
          return { ...key, tags: withTags(key.tags, tagsOf(input.Tags)) };
        }),
      ),
    ),
  audit: ASKED_AND_KEY,
});
