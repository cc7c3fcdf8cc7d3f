import { pageOfList } from "../pages.js";
import { aboutPolicy, existingPolicy } from "../policies.js";
import { operation } from "../ports.js";
import { showTags } from "../tags.js";

export const listPolicyTags = operation("ListPolicyTags", {
  ...aboutPolicy("iam:ListPolicyTags"),
  run: async (_ctx, input, ok) => {
    const policy = existingPolicy(ok.target);
    const { items, end } = pageOfList(`tags:${policy.id}`, policy.tags, input, ({ key }) => key);
    return { Tags: showTags(items), ...end };
  },
});
