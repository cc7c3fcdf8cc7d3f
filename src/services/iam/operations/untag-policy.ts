import { directory } from "../../../identity/index.js";
import { aboutPolicy, changePolicy } from "../policies.js";
import { operation } from "../ports.js";
import { removeTags } from "../tags.js";

export const untagPolicy = operation("UntagPolicy", {
  ...aboutPolicy("iam:UntagPolicy", (input: { readonly PolicyArn: string; readonly TagKeys: string[] }) => [
    ["aws:tagkeys", input.TagKeys],
  ]),
  run: (ctx, input, ok, ports) =>
    changePolicy(ctx, ports, ok, async (tx, policy) => {
      await directory.updateManagedPolicy(tx, { ...policy, tags: removeTags(policy.tags, input.TagKeys, "keep-case") });
      return {};
    }),
});
