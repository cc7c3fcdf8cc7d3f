import { errors } from "../errors.js";
import { getTrailOf, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { arnOf } from "../trail.js";

export const getInsightSelectors = operation("GetInsightSelectors", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.TrailName ?? "", "GetInsightSelectors"),
  run: async (ctx, input, _ok, { database }) => {
    throw errors.notTurnedOn(arnOf(await database.read((tx) => getTrailOf(tx, ctx, input.TrailName ?? ""))));
  },
});
