import { aboutRole, existing } from "../entities.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { showTags } from "../tags.js";

export const listRoleTags = operation("ListRoleTags", {
  ...aboutRole("iam:ListRoleTags"),
  run: async (_ctx, input, ok) => {
    const role = existing(ok.target);
    const { items, end } = pageOfList(`tags:${role.id}`, role.tags, input, ({ key }) => key);
    return { Tags: showTags(items), ...end };
  },
});
