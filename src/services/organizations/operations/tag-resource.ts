import { operation } from "../ports.js";
import { about, changing } from "../seat.js";
import { taggedArn, taggedOf } from "../tagged.js";
import { parseTags, withTags } from "../tags.js";
import { audit } from "../trail.js";

export const tagResource = operation("TagResource", {
  ...about("TagResource", (organization, input: { ResourceId: string }) => [taggedArn(organization, input.ResourceId)]),
  audit,
  run: (ctx, input, _ok, ports) => {
    const added = parseTags(input.Tags);
    return changing(ctx, ports, async (tx, organization) => {
      const tagged = await taggedOf(tx, organization, input.ResourceId);
      await tagged.put(tx, withTags(tagged.tags, added));
      return {};
    });
  },
});
