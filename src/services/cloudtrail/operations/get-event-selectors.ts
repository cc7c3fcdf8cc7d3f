import { getTrailOf, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { selectorMembers } from "../selector-members.js";

export const getEventSelectors = operation("GetEventSelectors", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.TrailName, "GetEventSelectors"),
  run: async (ctx, input, _ok, { database }) =>
    selectorMembers(await database.read((tx) => getTrailOf(tx, ctx, input.TrailName)), true),
});
