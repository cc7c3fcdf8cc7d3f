import { parseArn } from "../../../base/index.js";
import { errors } from "../errors.js";
import type { CallOf } from "./calls.js";
import { grantHeaders } from "./grants.js";
import type { Operation, Task } from "./job.js";

type Copy = NonNullable<Operation["S3PutObjectCopy"]>;

/** S3PutObjectCopy: CopyObject into one bucket, where encryption, class, metadata and tags may be others. */
export function copyCall(copy: Copy): CallOf {
  const target = parseArn(copy.TargetResource ?? "");
  if (target?.service !== "s3" || !/^[a-z0-9.-]{3,63}$/.test(target.resource))
    throw errors.invalidRequest("S3PutObjectCopy needs the ARN of a bucket as its TargetResource.");
  const parts = [listParts(copy), metadataParts(copy), encryptionParts(copy), lockParts(copy), otherParts(copy)];
  const members = Object.assign({}, ...parts.map((part) => part.members));
  const headers = Object.assign({}, ...parts.map((part) => part.headers));
  return (task) => {
    const CopySource = sourceOf(task);
    return {
      operation: "CopyObject",
      input: { Bucket: target.resource, Key: keyBelow(copy.TargetKeyPrefix, task.key), CopySource, ...members },
      headers: { "x-amz-copy-source": CopySource, ...headers },
    };
  };
}

/** What CopyObject is told, and the headers by which policies know it. */
interface Parts {
  readonly members: object;
  readonly headers: Readonly<Record<string, string>>;
}

const sourceOf = ({ bucket, key, versionId }: Task): string =>
  `${bucket}/${encodeURIComponent(key)}${versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`}`;

/** The prefix is a folder's name. */
const keyBelow = (prefix: string | undefined, key: string): string =>
  prefix === undefined || prefix === "" ? key : `${prefix.replace(/\/$/, "")}/${key}`;

function listParts({ CannedAccessControlList: canned, AccessControlGrants: grants = [] }: Copy): Parts {
  if (canned !== undefined && grants.length > 0)
    throw errors.invalidRequest("A copy takes either a canned access control list or grants.");
  return canned === undefined ? grantHeaders(grants) : { members: { ACL: canned }, headers: { "x-amz-acl": canned } };
}

/** Metadata stays as it is unless other is given, or the directive says that there shall be none. */
function metadataParts({ MetadataDirective: directive, NewObjectMetadata: given = {} }: Copy): Parts {
  const own = {
    CacheControl: given.CacheControl,
    ContentDisposition: given.ContentDisposition,
    ContentEncoding: given.ContentEncoding,
    ContentLanguage: given.ContentLanguage,
    ContentType: given.ContentType,
    Expires: given.HttpExpiresDate,
    Metadata: given.UserMetadata === undefined ? undefined : lowerCased(given.UserMetadata),
  };
  const isGiven = Object.values(own).some((value) => value !== undefined);
  if (directive === "COPY" && isGiven)
    throw errors.invalidRequest("New metadata cannot be given where the directive says that the old is copied.");
  if (!isGiven && directive !== "REPLACE") return { members: {}, headers: {} };
  return { members: { ...own, MetadataDirective: "REPLACE" }, headers: { "x-amz-metadata-directive": "REPLACE" } };
}

/** As headers would bring them. */
const lowerCased = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));

const SSE = "x-amz-server-side-encryption";

function encryptionParts({
  SSEAwsKmsKeyId: keyId,
  BucketKeyEnabled: bucketKey,
  NewObjectMetadata: given,
}: Copy): Parts {
  if (given?.SSEAlgorithm === "AES256" && keyId !== undefined)
    throw errors.invalidRequest("A KMS key cannot be given where the algorithm is AES256.");
  const mode = given?.SSEAlgorithm === "KMS" || keyId !== undefined ? "aws:kms" : given?.SSEAlgorithm;
  return {
    members: {
      ...(mode === undefined ? {} : { ServerSideEncryption: mode }),
      ...(keyId === undefined ? {} : { SSEKMSKeyId: keyId }),
      ...(bucketKey === undefined ? {} : { BucketKeyEnabled: bucketKey }),
    },
    headers: {
      ...(mode === undefined ? {} : { [SSE]: mode }),
      ...(keyId === undefined ? {} : { [`${SSE}-aws-kms-key-id`]: keyId }),
    },
  };
}

function lockParts(copy: Copy): Parts {
  const { ObjectLockMode, ObjectLockLegalHoldStatus, ObjectLockRetainUntilDate } = copy;
  if ((ObjectLockMode === undefined) !== (ObjectLockRetainUntilDate === undefined))
    throw errors.invalidRequest("A retention needs its mode and its date.");
  return {
    members: {
      ...(ObjectLockMode === undefined ? {} : { ObjectLockMode, ObjectLockRetainUntilDate }),
      ...(ObjectLockLegalHoldStatus === undefined ? {} : { ObjectLockLegalHoldStatus }),
    },
    headers: {},
  };
}

function otherParts(copy: Copy): Parts {
  const { NewObjectTagging: tags, StorageClass, RedirectLocation, ChecksumAlgorithm } = copy;
  const since = { CopySourceIfModifiedSince: copy.ModifiedSinceConstraint };
  const until = { CopySourceIfUnmodifiedSince: copy.UnModifiedSinceConstraint };
  const tagging = new URLSearchParams(tags?.map(({ Key = "", Value = "" }): [string, string] => [Key, Value]));
  return {
    members: {
      ...(tags === undefined ? {} : { TaggingDirective: "REPLACE", Tagging: String(tagging) }),
      ...(copy.RequesterPays === true ? { RequestPayer: "requester" } : {}),
      ...(StorageClass === undefined ? {} : { StorageClass }),
      ...(RedirectLocation === undefined ? {} : { WebsiteRedirectLocation: RedirectLocation }),
      ...(ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm }),
      ...(since.CopySourceIfModifiedSince === undefined ? {} : since),
      ...(until.CopySourceIfUnmodifiedSince === undefined ? {} : until),
    },
    headers: {
      ...(StorageClass === undefined ? {} : { "x-amz-storage-class": StorageClass }),
      ...(RedirectLocation === undefined ? {} : { "x-amz-website-redirect-location": RedirectLocation }),
    },
  };
}
