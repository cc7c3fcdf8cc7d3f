import { changeTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { parseTags, requestTagValues, withTags } from "../tags.js";

export const addTags = operation("AddTags", {
  checks: (ctx, input, _target, ports) =>
    trailChecks(ctx, ports, input.ResourceId, "AddTags", requestTagValues(input.TagsList)),
  run: async (ctx, input, _ok, ports) => {
    const added = parseTags(input.TagsList);
    await changeTrail(ctx, ports, input.ResourceId, (trail) => ({ ...trail, tags: withTags(trail.tags, added) }));
    return {};
  },
});
