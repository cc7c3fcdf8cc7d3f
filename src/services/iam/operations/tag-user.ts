import { directory } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { operation } from "../ports.js";
import { addTags, parseTags, requestTagValues } from "../tags.js";

export const tagUser = operation("TagUser", {
  ...aboutUser("iam:TagUser", (input: TagInput) => requestTagValues(input.Tags)),
  run: (ctx, input, ok, ports) => {
    const added = parseTags(input.Tags, "ignore-case");
    return change(ctx, ports, ok, async (tx, user) => {
      await directory.updateUser(tx, { ...user, tags: addTags(user.tags, added, "ignore-case") });
      return {};
    });
  },
});

interface TagInput {
  readonly UserName: string;
  readonly Tags: { Key: string | undefined; Value: string | undefined }[];
}
