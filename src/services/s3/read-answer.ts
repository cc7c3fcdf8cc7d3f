import type { RequestContext } from "../../kit/index.js";
import { checksumMembers, partChecksumMembers } from "./checksums.js";
import type { ReadConditions } from "./conditions.js";
import type { CustomerKey } from "./customer-key.js";
import { encodeWords } from "./encoded-words.js";
import { encryptionMembers } from "./encryption.js";
import { errors } from "./errors.js";
import { expirationMember } from "./lifecycle/answer.js";
import type { ObjectTarget } from "./object.js";
import { lockMembers } from "./object-lock.js";
import type { Selection } from "./object-read.js";
import type { S3Ports } from "./ports.js";
import { restoreMember } from "./storage-class.js";
import type { StoredObject } from "./store/index.js";
import { versionMember } from "./versioning.js";

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

/**
 * What GetObject and HeadObject tell of an object. Member after member, and what few answers tell is put in where there is
 * any: to spread so many parts into each answer costs more than all the rest of it.
 */
export function readAnswer(
  ctx: RequestContext,
  ports: S3Ports,
  target: ObjectTarget,
  object: StoredObject,
  input: OverrideInput & { readonly ChecksumMode?: string | undefined },
  selection: Selection,
  customerKey: CustomerKey | undefined,
  body?: Uint8Array | AsyncIterable<Uint8Array>,
) {
  const { headers, lock } = object;
  const sealing = encryptionMembers(object.encryption, customerKey);
  const answer = {
    AcceptRanges: "bytes",
    LastModified: new Date(object.modifiedMs),
    ETag: `"${object.etag}"`,
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentDisposition: headers.contentDisposition,
    ContentEncoding: headers.contentEncoding,
    ContentLanguage: headers.contentLanguage,
    ContentLength: selection.span.bytes,
    ContentRange: selection.contentRange,
    ExpiresString: headers.expires,
    Expiration: target.asked === undefined ? expirationMember(target.bucket, object).Expiration : undefined,
    Restore: restoreMember(object, ctx.clock.nowMs()).Restore,
    ReplicationStatus: headers.replication,
    WebsiteRedirectLocation: headers.websiteRedirectLocation,
    StorageClass: headers.storageClass === "STANDARD" ? undefined : (headers.storageClass as "STANDARD_IA"), // one of its kind
    Metadata: encodedMetadata(headers.metadata),
    ServerSideEncryption: sealing.ServerSideEncryption,
    SSEKMSKeyId: sealing.SSEKMSKeyId,
    BucketKeyEnabled: sealing.BucketKeyEnabled,
    SSECustomerAlgorithm: sealing.SSECustomerAlgorithm,
    SSECustomerKeyMD5: sealing.SSECustomerKeyMD5,
    TagCount: object.tags.length > 0 ? object.tags.length : undefined,
    VersionId: versionMember(target.bucket, object).VersionId,
    Body: body as never, // the client's type of a body is its own stream; the wire takes bytes and any async iterable
  };
  if (lock !== undefined) Object.assign(answer, lockMembers(ctx, ports, target));
  if (OVERRIDES.some((name) => input[name] !== undefined)) Object.assign(answer, overriddenHeaders(ctx, input));
  if (input.ChecksumMode === "ENABLED" && selection.contentRange === undefined)
    Object.assign(answer, checksumMembers(object.checksum));
  if (selection.part !== undefined) Object.assign(answer, partMembers(object, selection, input.ChecksumMode));
  return answer;
}

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

function encodedMetadata(metadata: Readonly<Record<string, string>>) {
  const given = Object.entries(metadata);
  if (given.length === 0) return NO_METADATA;
  return Object.fromEntries(given.map(([name, value]) => [name, encodeWords(value)]));
}

const OVERRIDES = [
  "ResponseCacheControl",
  "ResponseContentDisposition",
  "ResponseContentEncoding",
  "ResponseContentLanguage",
  "ResponseContentType",
  "ResponseExpires",
] as const;

/** The `response-…` parameters: whoever signs a request may choose the headers of its answer. */
function overriddenHeaders(ctx: RequestContext, input: OverrideInput) {
  if (ctx.caller.principal.kind === "anonymous") {
    throw errors.invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
  }
  const expires = input.ResponseExpires instanceof Date ? input.ResponseExpires.toUTCString() : input.ResponseExpires;
  const chosen = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    ExpiresString: expires,
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

/** What an answer says of the part that was asked for. */
function partMembers(object: StoredObject, { part }: Selection, checksumMode: string | undefined) {
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
