import { directory } from "../../../identity/index.js";
import { aboutPolicy, changePolicy } from "../policies.js";
import { operation } from "../ports.js";
import { addTags, parseTags, requestTagValues } from "../tags.js";

export const tagPolicy = operation("TagPolicy", {
  ...aboutPolicy("iam:TagPolicy", (input: TagInput) => requestTagValues(input.Tags)),
  run: (ctx, input, ok, ports) => {
    const added = parseTags(input.Tags, "keep-case");
    return changePolicy(ctx, ports, ok, async (tx, policy) => {
      await directory.updateManagedPolicy(tx, { ...policy, tags: addTags(policy.tags, added, "keep-case") });
      return {};
    });
  },
});

interface TagInput {
  readonly PolicyArn: string;
  readonly Tags: { Key: string | undefined; Value: string | undefined }[];
}
