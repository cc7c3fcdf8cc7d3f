import { changeTrail, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { isLogging } from "../trail.js";

/** What happened until now is still delivered. */
export const stopLogging = operation("StopLogging", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "StopLogging"),
  run: async (ctx, input, _ok, ports) => {
    await changeTrail(ctx, ports, input.Name, (trail) => {
      if (!isLogging(trail)) return trail;
      const toMs = ctx.clock.nowMs();
      const intervals = trail.intervals.map((each) => (each.toMs === undefined ? { ...each, toMs } : each));
      return { ...trail, intervals, stoppedMs: toMs };
    });
    return {};
  },
});
