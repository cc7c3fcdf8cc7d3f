import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { about, reading } from "../seat.js";
import { taggedArn, taggedOf } from "../tagged.js";
import { showTags } from "../tags.js";

export const listTagsForResource = operation("ListTagsForResource", {
  ...about("ListTagsForResource", (organization, input: { ResourceId: string }) => [
    taggedArn(organization, input.ResourceId),
  ]),
  run: (ctx, input, _ok, ports) =>
    reading(ctx, ports, async (tx, organization) => {
      const { tags } = await taggedOf(tx, organization, input.ResourceId);
      const { items, end } = await pageOfList(`ListTagsForResource ${input.ResourceId}`, input, tags, ({ key }) => key);
      return { Tags: showTags(items), ...end };
    }),
});
