import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import {
  bypassChecks,
  bypasses,
  checkFuture,
  isLockMode,
  isRetained,
  type LockMode,
  lockedObject,
  lockValues,
  needsLockConfiguration,
} from "../object-lock.js";
import { operation } from "../ports.js";
import { findVersion, type ObjectLock, updateLock } from "../store/index.js";

/** A retention may always be made longer; shorter or of another mode only under governance, by who may bypass it. */
export const putObjectRetention = operation("PutObjectRetention", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: async (ctx, input, target, ports) => {
    const asked = {
      ObjectLockMode: input.Retention?.Mode,
      ObjectLockRetainUntilDate: input.Retention?.RetainUntilDate,
    };
    return [
      ...(await readChecks(ctx, ports, target, "PutObjectRetention", lockValues(ctx, asked))),
      ...bypassChecks(ctx, ports, target, input),
    ];
  },
  run: async (ctx, input, { target }, ports) => {
    const object = getTagged(target, "PUT");
    needsLockConfiguration(target.bucket);
    const wanted = parseRetention(input.Retention);
    if (wanted) checkFuture(ctx, new Date(wanted.untilMs), "RetainUntilDate");
    const mayBypass = bypasses(ctx, target, input);
    await ctx.commit(ports.database, async (tx) => {
      const { object: now } = await findVersion(tx, target.bucket.id, target.key, object.versionId);
      if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(target.key);
      if (isRetained(now.lock, ctx.clock.nowMs()) && changes(now.lock, wanted)) {
        if (now.lock?.mode !== "GOVERNANCE" || !mayBypass) throw lockedObject();
      }
      await updateLock(tx, now, { legalHold: now.lock?.legalHold, ...wanted });
    });
    return {};
  },
});

interface Retention {
  readonly mode: LockMode;
  readonly untilMs: number;
}

/** An empty one takes the retention away. */
function parseRetention(
  input: { readonly Mode?: string | undefined; readonly RetainUntilDate?: Date | undefined } | undefined,
): Retention | undefined {
  if (input === undefined || Object.keys(input).length === 0) return undefined;
  const { Mode: mode, RetainUntilDate: until } = input;
  if (!isLockMode(mode) || until === undefined) throw errors.malformedXml();
  return { mode, untilMs: until.getTime() };
}

const changes = (now: ObjectLock | undefined, wanted: Retention | undefined): boolean =>
  wanted === undefined || wanted.untilMs < (now?.untilMs ?? 0) || wanted.mode !== now?.mode;
