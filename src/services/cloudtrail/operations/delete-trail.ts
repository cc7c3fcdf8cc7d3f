import { getOwnTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { deleteTrail as removeTrail } from "../store.js";

/** What is in the bucket stays there. What was not delivered yet never will be. */
export const deleteTrail = operation("DeleteTrail", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "DeleteTrail"),
  run: async (ctx, input, _ok, { database }) => {
    await ctx.commit(database, async (tx) => removeTrail(tx, await getOwnTrail(tx, ctx, input.Name)));
    return {};
  },
});
