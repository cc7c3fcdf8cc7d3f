import { isoSeconds } from "../../../base/index.js";
import { getTrailOf, trailChecks } from "../on-trail.js";
import { operation } from "../operation.js";
import { isLogging, type Trail } from "../trail.js";

export const getTrailStatus = operation("GetTrailStatus", {
  checks: (ctx, input, _target, ports) => trailChecks(ctx, ports, input.Name, "GetTrailStatus"),
  run: async (ctx, input, _ok, { database }) =>
    statusMembers(await database.read((tx) => getTrailOf(tx, ctx, input.Name))),
});

function statusMembers(trail: Trail) {
  const { attemptMs, deliveredMs, error, digestMs, digestError } = trail.status;
  const { startedMs, stoppedMs } = trail;
  return {
    IsLogging: isLogging(trail),
    ...time("LatestDeliveryTime", deliveredMs),
    ...(error ? { LatestDeliveryError: error } : {}),
    ...time("LatestDigestDeliveryTime", digestMs),
    ...(digestError ? { LatestDigestDeliveryError: digestError } : {}),
    ...time("StartLoggingTime", startedMs),
    ...time("StopLoggingTime", stoppedMs),
    LatestDeliveryAttemptTime: text(attemptMs),
    LatestNotificationAttemptTime: "",
    LatestNotificationAttemptSucceeded: "",
    LatestDeliveryAttemptSucceeded: text(deliveredMs),
    TimeLoggingStarted: text(startedMs),
    TimeLoggingStopped: text(stoppedMs),
  };
}

const time = <Name extends string>(name: Name, ms: number | undefined) =>
  (ms === undefined ? {} : { [name]: new Date(ms) }) as { readonly [K in Name]?: Date }; // one member or none

const text = (ms: number | undefined) => (ms === undefined ? "" : isoSeconds(new Date(ms)));
