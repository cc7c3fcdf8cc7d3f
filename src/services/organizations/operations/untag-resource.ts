import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { taggedArn, taggedOf } from "../tagged.js";
import { audit } from "../trail.js";

export const untagResource = operation("UntagResource", {
  ...about("UntagResource", (organization, input: { ResourceId: string }) => [
    taggedArn(organization, input.ResourceId),
  ]),
  audit,
  run: (ctx, input, _ok, ports) =>
    changing(ctx, ports, async (tx, organization) => {
      const gone = new Set(input.TagKeys);
      const tagged = await taggedOf(tx, organization, input.ResourceId);
      await tagged.put(
        tx,
        tagged.tags.filter(({ key }) => !gone.has(key)),
      );
      return {};
    }),
});
