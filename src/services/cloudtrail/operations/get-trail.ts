import { getTrailOf, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { describedTrail } from "../trail.js";

export const getTrail = operation("GetTrail", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "GetTrail"),
  run: async (ctx, input, _ok, { database }) => ({
    Trail: describedTrail(await database.read((tx) => getTrailOf(tx, ctx, input.Name))),
  }),
});
