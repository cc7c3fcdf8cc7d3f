import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";
import { wireTag } from "../tags.js";

const action = "kms:ListResourceTags";

export const listResourceTags = operation("ListResourceTags", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, input, ok) => {
    const { key } = ok.target;
    const scope = listScope(ctx, "ListResourceTags", input, { usual: 50, most: 50, of: key.id });
    const sorted = [...key.tags].sort((a, b) => (a.key < b.key ? -1 : 1));
    const rows = sorted.filter((tag) => tag.key > scope.after).slice(0, scope.limit + 1);
    const page = listPage(rows, scope, (tag) => tag.key);
    return { Tags: page.items.map(wireTag), ...pageMembers(page) };
  },
  audit: ASKED,
});
