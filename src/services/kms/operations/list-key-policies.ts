import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

const action = "kms:ListKeyPolicies";

export const listKeyPolicies = operation("ListKeyPolicies", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, input, ok) => {
    const scope = listScope(ctx, "ListKeyPolicies", input, { usual: 100, most: 1000, of: ok.target.key.id });
    // A key has exactly one policy, and this is its name.
    const page = listPage(scope.after === "" ? ["default"] : [], scope, (name) => name);
    return { PolicyNames: [...page.items], ...pageMembers(page) };
  },
  audit: ASKED,
});
