import { changeTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { tagKeyValues } from "../tags.js";

/** By key; a value that is given says nothing. */
export const removeTags = operation("RemoveTags", {
  checks: (ctx, input, _target, ports) =>
    trailChecks(ctx, ports, input.ResourceId, "RemoveTags", [tagKeyValues(input.TagsList)]),
  run: async (ctx, input, _ok, ports) => {
    const keys = new Set(input.TagsList.map(({ Key }) => Key));
    await changeTrail(ctx, ports, input.ResourceId, (trail) => ({
      ...trail,
      tags: trail.tags.filter(({ Key }) => !keys.has(Key)),
    }));
    return {};
  },
});
