import { directory } from "../../../identity/index.js";
import { aboutRole, change } from "../entities.js";
import { operation } from "../ports.js";
import { addTags, parseTags, requestTagValues } from "../tags.js";

export const tagRole = operation("TagRole", {
  ...aboutRole("iam:TagRole", (input: TagInput) => requestTagValues(input.Tags)),
  run: (ctx, input, ok, ports) => {
    const added = parseTags(input.Tags, "ignore-case");
    return change(ctx, ports, ok, async (tx, role) => {
      await directory.updateRole(tx, { ...role, tags: addTags(role.tags, added, "ignore-case") });
      return {};
    });
  },
});

interface TagInput {
  readonly RoleName: string;
  readonly Tags: { Key: string | undefined; Value: string | undefined }[];
}
