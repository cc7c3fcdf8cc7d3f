import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";
import { removeTags } from "../tags.js";

export const untagRole = operation("UntagRole", {
  ...aboutRole("iam:UntagRole", (input: { readonly RoleName: string; readonly TagKeys: string[] }) => [
    ["aws:tagkeys", input.TagKeys],
  ]),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, role) => {
      await directory.updateRole(tx, { ...role, tags: removeTags(role.tags, input.TagKeys, "ignore-case") });
      return {};
    }),
});
