import { anywhere } from "../on-trail.js";
import { operation } from "../operation.js";
import { trailsOf } from "../store.js";
import { arnOf, describedTrail } from "../trail.js";

/** Names that are no trail are left out, as CloudTrail does. Shadows are multi-Region trails of other Regions. */
export const describeTrails = operation("DescribeTrails", {
  checks: (ctx) => anywhere(ctx, "DescribeTrails"),
  run: async (ctx, input, _ok, { database }) => {
    const withShadows = input.includeShadowTrails ?? true;
    const names = new Set(input.trailNameList ?? []);
    const trails = await database.read((tx) => trailsOf(tx, ctx.caller.account));
    const shown = trails
      .filter((trail) => trail.region === ctx.region || (withShadows && trail.isMultiRegion))
      .filter((trail) => names.size === 0 || names.has(trail.name) || names.has(arnOf(trail)));
    return { trailList: shown.map(describedTrail) };
  },
});
