import { directory } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { operation } from "../ports.js";
import { removeTags } from "../tags.js";

export const untagUser = operation("UntagUser", {
  ...aboutUser("iam:UntagUser", (input: { readonly UserName: string; readonly TagKeys: string[] }) => [
    ["aws:tagkeys", input.TagKeys],
  ]),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      await directory.updateUser(tx, { ...user, tags: removeTags(user.tags, input.TagKeys, "ignore-case") });
      return {};
    }),
});
