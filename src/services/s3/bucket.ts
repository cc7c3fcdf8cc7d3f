import { isAccountId } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import { askRequester } from "./payment.js";
import { freshCaches, type S3Ports } from "./ports.js";
import { refusePublicUse } from "./public-access.js";
import { type Bucket, selectBucket } from "./store/index.js";

export interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly RequestPayer?: string | undefined;
}

/**
 * The bucket that a request names; at once when it is known. That a bucket does not exist is no secret, so this comes
 * before authorization. Throws NoSuchBucket, AccessDenied when it is not the expected owner's, and S3's word for the
 * wrong Region.
 */
export function getBucket(ctx: RequestContext, ports: S3Ports, input: BucketInput): Bucket | Promise<Bucket> {
  const bucket = getBucketAnywhere(ctx, ports, input);
  return bucket instanceof Promise ? bucket.then((known) => inRegion(ctx, known)) : inRegion(ctx, bucket);
}

function inRegion(ctx: RequestContext, bucket: Bucket): Bucket {
  // An anonymous request is signed for no Region; services of the house deliver to buckets of any.
  if (bucket.region !== ctx.region && !["anonymous", "service"].includes(ctx.caller.principal.kind)) {
    throw errors.authorizationHeaderMalformed(ctx.region, bucket.region);
  }
  return bucket;
}

/** The same from any Region: GetBucketLocation and HeadBucket, which clients use to find the right one. */
export function getBucketAnywhere(ctx: RequestContext, ports: S3Ports, input: BucketInput): Bucket | Promise<Bucket> {
  const { ExpectedBucketOwner: expected } = input;
  if (expected !== undefined && !isAccountId(expected)) throw errors.invalidBucketOwner(expected);
  const bucket = findBucket(ports, input.Bucket ?? "");
  return bucket instanceof Promise
    ? bucket.then((found) => fitting(ctx, ports, input, found))
    : fitting(ctx, ports, input, bucket);
}

function fitting(ctx: RequestContext, ports: S3Ports, input: BucketInput, bucket: Bucket | undefined): Bucket {
  if (!bucket) throw errors.noSuchBucket(input.Bucket ?? "");
  const { ExpectedBucketOwner: expected } = input;
  if (expected !== undefined && expected !== bucket.account) throw errors.accessDenied();
  ports.accessLog.note(ctx.notes, bucket);
  refusePublicUse(ctx.caller, bucket);
  askRequester(ctx, bucket, input.RequestPayer);
  return bucket;
}

/** Read through a cache that is as old as the last change of the database, never older. */
export function findBucket(ports: S3Ports, name: string): Bucket | undefined | Promise<Bucket | undefined> {
  const { buckets, version } = freshCaches(ports);
  return buckets.get(name) ?? readBucket(ports, name, version);
}

async function readBucket({ caches, database }: S3Ports, name: string, version: number): Promise<Bucket | undefined> {
  const bucket = await database.read((tx) => selectBucket(tx, name));
  // Another change may have come while this was read: then what was read is not kept.
  if (bucket && caches.version === version && database.version() === version) caches.buckets.set(name, bucket);
  return bucket;
}
