import { getOwnTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { allTrails, putPlaces, putTrail } from "../store.js";
import { isLogging } from "../trail.js";

export const startLogging = operation("StartLogging", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "StartLogging"),
  run: async (ctx, input, _ok, { database, audit }) => {
    const places = await audit.places();
    await ctx.commit(database, async (tx) => {
      const trail = await getOwnTrail(tx, ctx, input.Name);
      if (isLogging(trail)) return;
      const fromMs = ctx.clock.nowMs();
      // While nobody logs, nothing is read: the first to begin says from where.
      const isFirst = !(await allTrails(tx)).some(({ intervals }) => intervals.length > 0);
      if (isFirst) await putPlaces(tx, JSON.stringify(places));
      await putTrail(tx, { ...trail, intervals: [...trail.intervals, { fromMs }], startedMs: fromMs });
    });
    return {};
  },
});
