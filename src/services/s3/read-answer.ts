import type { RequestContext } from "../../kit/index.js";
import { partChecksumMembers } from "./checksums.js";
import type { ReadConditions } from "./conditions.js";
import { errors } from "./errors.js";
import type { Selection } from "./object-read.js";
import type { StoredObject } from "./store/index.js";

interface ConditionInput {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

export const readConditions = (input: ConditionInput): ReadConditions => ({
  ifMatch: input.IfMatch,
  ifNoneMatch: input.IfNoneMatch,
  ifModifiedSince: input.IfModifiedSince,
  ifUnmodifiedSince: input.IfUnmodifiedSince,
});

interface OverrideInput {
  readonly ResponseCacheControl?: string | undefined;
  readonly ResponseContentDisposition?: string | undefined;
  readonly ResponseContentEncoding?: string | undefined;
  readonly ResponseContentLanguage?: string | undefined;
  readonly ResponseContentType?: string | undefined;
  readonly ResponseExpires?: Date | string | undefined;
}

/** The `response-…` parameters: whoever signs a request may choose the headers of its answer. */
export function overriddenHeaders(ctx: RequestContext, input: OverrideInput) {
  const expires = input.ResponseExpires instanceof Date ? input.ResponseExpires.toUTCString() : input.ResponseExpires;
  const given = Object.entries({
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    ExpiresString: expires,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length > 0 && ctx.caller.principal.kind === "anonymous") {
    throw errors.invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
  }
  return Object.fromEntries(given) as { ContentType?: string }; // string headers alone
}

/** What an answer says of the part that was asked for. */
export function partMembers(object: StoredObject, { part }: Selection, checksumMode: string | undefined) {
  if (!part || object.parts === 0) return {};
  // Of an object whose checksum is one of all its bytes, that of a part is told only if it is the same.
  const isTold = object.checksum.type === "COMPOSITE" || object.parts === 1;
  const isWanted = checksumMode === "ENABLED" && object.checksum.algorithm === part.checksum.algorithm;
  return {
    PartsCount: object.parts,
    ...(isTold && isWanted
      ? { ...partChecksumMembers(part.checksum.algorithm, part.checksum.value), ChecksumType: object.checksum.type }
      : {}),
  };
}
