import { errors } from "../errors.js";
import { getOwnTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";

/** Insights learn what is usual over weeks, and nothing here does: none can be turned on. An empty list turns none on. */
export const putInsightSelectors = operation("PutInsightSelectors", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.TrailName ?? "", "PutInsightSelectors"),
  run: async (ctx, input, _ok, { database }) => {
    await database.read((tx) => getOwnTrail(tx, ctx, input.TrailName ?? ""));
    if ((input.InsightSelectors ?? []).length > 0)
      throw errors.insightSelectors("Insights events are not made here: leave the list of insight selectors empty.");
    return { InsightSelectors: [] };
  },
});
