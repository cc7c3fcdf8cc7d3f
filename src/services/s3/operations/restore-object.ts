import { DAY_MS } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation, type S3Ports } from "../ports.js";
import { isArchived, isFaster, midnightAfter, restoreMs, restoreNow, type Tier } from "../storage-class.js";
import { findVersion, type Restore, type StoredObject, updateRestore } from "../store/index.js";

const MOST_DAYS = 36_500;

/**
 * Asks for a readable copy of an archived object. It is there when its time has come and ends by itself: no job runs,
 * for the bytes lie where they always lay.
 */
export const restoreObject = operation("RestoreObject", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "RestoreObject"),
  run: async (ctx, input, { target }, ports) => {
    const { bucket, key } = target;
    const object = getTagged(target, "POST");
    const request = parseRequest(input.RestoreRequest);
    const { storageClass } = object.headers;
    if (!isArchived(storageClass)) {
      throw errors.invalidObjectState("Restore is not allowed for the object's current storage class", storageClass);
    }
    const waitMs = restoreMs(storageClass, request.tier);
    if (waitMs === undefined) {
      throw errors.invalidArgument("Retrieval option is not supported by this storage class", "Tier", request.tier);
    }
    const wasThere = await ctx.commit(ports.database, async (tx) => {
      const { object: now } = await findVersion(tx, bucket.id, key, object.versionId);
      if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(key);
      const running = restoreNow(now.restore, ctx.clock.nowMs());
      const isThere = running !== undefined && running.readyMs <= ctx.clock.nowMs();
      const next = isThere ? prolonged(ctx, running, request) : begun(ctx, ports, running, request, waitMs);
      await updateRestore(tx, now, next);
      if (!isThere) await noteChange(tx, doerOf(ctx), bucket, changeOf(now));
      return isThere;
    });
    // What is asked for is accepted; what is there already is only kept longer.
    const answer: Answer = wasThere ? {} : { httpStatus: 202 };
    return answer;
  },
});

/** The model knows one status; the wire takes the other from here. */
interface Answer {
  readonly RestoreOutputPath?: string;
  readonly httpStatus?: number;
}

interface RestoreRequest {
  readonly days: number;
  readonly tier: Tier;
}

/** The time that is left of a copy is counted anew. */
const prolonged = (ctx: RequestContext, running: Restore, { days }: RestoreRequest): Restore => ({
  ...running,
  expiryMs: midnightAfter(ctx.clock.nowMs() + days * DAY_MS),
});

/** A restore that is on its way can only be made quicker. */
function begun(
  ctx: RequestContext,
  ports: S3Ports,
  running: Restore | undefined,
  { days, tier }: RestoreRequest,
  waitMs: number,
): Restore {
  if (running && !isFaster(tier, running.tier)) throw errors.restoreAlreadyInProgress();
  const readyMs = ctx.clock.nowMs() + (ports.rules.restoreMs ?? waitMs);
  const soonest = running ? Math.min(readyMs, running.readyMs) : readyMs;
  return { tier, readyMs: soonest, expiryMs: midnightAfter(soonest + days * DAY_MS) };
}

const changeOf = ({ key, versionId, bytes, etag }: StoredObject) => ({
  event: "ObjectRestore:Post",
  key,
  versionId,
  bytes,
  etag,
});

interface RequestInput {
  readonly Days?: number | undefined;
  readonly Tier?: string | undefined;
  readonly Type?: string | undefined;
  readonly GlacierJobParameters?: { readonly Tier?: string | undefined } | undefined;
  readonly SelectParameters?: object | undefined;
  readonly OutputLocation?: object | undefined;
}

function parseRequest(input: RequestInput | undefined): RestoreRequest {
  if (input?.Type !== undefined || input?.SelectParameters !== undefined || input?.OutputLocation !== undefined) {
    throw errors.notImplemented("Restores that select from an archive are not implemented here.");
  }
  const days = input?.Days;
  if (days === undefined || !Number.isInteger(days) || days < 1 || days > MOST_DAYS) throw errors.malformedXml();
  const tier = input?.GlacierJobParameters?.Tier ?? input?.Tier ?? "Standard";
  if (tier !== "Expedited" && tier !== "Standard" && tier !== "Bulk") throw errors.malformedXml();
  return { days, tier };
}
