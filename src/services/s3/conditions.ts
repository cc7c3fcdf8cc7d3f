import { errors } from "./errors.js";

/** The conditional headers of a read. Dates count in whole seconds, as HTTP writes them. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

export interface ConditionSubject {
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

/** Throws 412 or 304. ETags win over dates (RFC 9110, section 13.2.2). */
export function checkRead(conditions: ReadConditions, object: ConditionSubject, nowMs: number): void {
  const failed = failedRead(conditions, object, nowMs);
  if (failed === "If-Match" || failed === "If-Unmodified-Since") throw errors.preconditionFailed(failed);
  if (failed)
    throw errors.notModified({ etag: `"${object.etag}"`, "last-modified": new Date(object.modifiedMs).toUTCString() });
}

/** The same for the source of a copy, where every failure is a 412. */
export function checkCopySource(conditions: ReadConditions, source: ConditionSubject, nowMs: number): void {
  const failed = failedRead(conditions, source, nowMs);
  if (failed) throw errors.preconditionFailed(`x-amz-copy-source-${failed}`);
}

type ReadCondition = "If-Match" | "If-None-Match" | "If-Modified-Since" | "If-Unmodified-Since";

function failedRead(conditions: ReadConditions, object: ConditionSubject, nowMs: number): ReadCondition | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return "If-Match";
  } else if (ifUnmodifiedSince && seconds(object.modifiedMs) > seconds(ifUnmodifiedSince.getTime())) {
    return "If-Unmodified-Since";
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? "If-None-Match" : undefined;
  // S3 ignores a date in the future, as RFC 9110 once asked for.
  const counts = ifModifiedSince !== undefined && ifModifiedSince.getTime() <= nowMs;
  return counts && seconds(object.modifiedMs) <= seconds(ifModifiedSince.getTime()) ? "If-Modified-Since" : undefined;
}

/** A list of ETags, quoted or not, weak or not, or `*`. */
function matches(header: string, etag: string): boolean {
  return header.split(",").some((one) => {
    const text = one.trim();
    return text === "*" || unquoted(text.replace(/^W\//, "")) === etag;
  });
}

/**
 * Whether a Range counts beside this If-Range (RFC 9110, section 13.1.5): only while the object is still the one that
 * the caller has the beginning of. Else the answer is the whole.
 */
export function rangeHolds(ifRange: string, object: ConditionSubject): boolean {
  const dateMs = Date.parse(ifRange);
  if (/^(W\/)?"/.test(ifRange) || Number.isNaN(dateMs)) return unquoted(ifRange) === object.etag;
  return seconds(dateMs) === seconds(object.modifiedMs);
}

export const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, "$1");
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The conditional headers of a write. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Refuses forms that S3 does not take for writes, before anything is read. */
export function checkWriteForm({ ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw errors.headerNotImplemented(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw formRefused("If-None-Match");
  if (ifMatch === "*") throw formRefused("If-Match");
}

const formRefused = (header: string) =>
  errors.headerNotImplemented(header, `We don't accept the provided value of ${header} header for this API`);

/** Asked inside of the transaction that writes: what stands under the key now decides. */
export function checkWrite(
  { ifMatch, ifNoneMatch }: WriteConditions,
  key: string,
  current: ConditionSubject | undefined,
): void {
  if (ifNoneMatch !== undefined && current) throw errors.preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!current) throw errors.noSuchKey(key);
  if (unquoted(ifMatch) !== current.etag) throw errors.preconditionFailed("If-Match");
}

/** The same for a completed upload, which also conflicts with what happened to the key since it began. */
export function checkCompletion(
  conditions: WriteConditions,
  key: string,
  current: ConditionSubject | undefined,
  upload: { readonly initiatedMs: number; readonly keyExisted: boolean },
): void {
  checkWrite(conditions, key, current);
  if (conditions.ifNoneMatch !== undefined && upload.keyExisted) {
    throw errors.conditionalRequestConflict("If-None-Match", key);
  }
  if (conditions.ifMatch !== undefined && current && current.modifiedMs > upload.initiatedMs) {
    throw errors.conditionalRequestConflict("If-Match", key);
  }
}
