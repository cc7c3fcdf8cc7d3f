import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { needsLockConfiguration } from "../object-lock.js";
import { operation } from "../ports.js";

export const getObjectRetention = operation("GetObjectRetention", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectRetention"),
  run: async (_ctx, _input, { target }) => {
    const { lock } = getTagged(target, "GET");
    needsLockConfiguration(target.bucket);
    if (lock?.mode === undefined || lock.untilMs === undefined) throw errors.noObjectLock();
    return { Retention: { Mode: lock.mode, RetainUntilDate: new Date(lock.untilMs) } };
  },
});
