import { aboutUser, existing } from "../entities.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { showTags } from "../tags.js";

export const listUserTags = operation("ListUserTags", {
  ...aboutUser("iam:ListUserTags"),
  run: async (_ctx, input, ok) => {
    const user = existing(ok.target);
    const { items, end } = pageOfList(`tags:${user.id}`, user.tags, input, ({ key }) => key);
    return { Tags: showTags(items), ...end };
  },
});
