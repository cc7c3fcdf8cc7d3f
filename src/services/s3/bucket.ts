import { isAccountId } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import { askRequester } from "./payment.js";
import type { S3Ports } from "./ports.js";
import { refusePublicUse } from "./public-access.js";
import { type Bucket, selectBucket } from "./store/index.js";

export interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly RequestPayer?: string | undefined;
}

/**
 * The bucket that a request names. That a bucket does not exist is no secret, so this comes before authorization.
 * Throws NoSuchBucket, AccessDenied when it is not the expected owner's, and S3's word for the wrong Region.
 */
export async function getBucket(ctx: RequestContext, ports: S3Ports, input: BucketInput): Promise<Bucket> {
  const bucket = await getBucketAnywhere(ctx, ports, input);
  // An anonymous request is signed for no Region; services of the house deliver to buckets of any.
  if (bucket.region !== ctx.region && !["anonymous", "service"].includes(ctx.caller.principal.kind)) {
    throw errors.authorizationHeaderMalformed(ctx.region, bucket.region);
  }
  return bucket;
}

/** The same from any Region: GetBucketLocation and HeadBucket, which clients use to find the right one. */
export async function getBucketAnywhere(ctx: RequestContext, ports: S3Ports, input: BucketInput): Promise<Bucket> {
  const name = input.Bucket ?? "";
  const { ExpectedBucketOwner: expected } = input;
  if (expected !== undefined && !isAccountId(expected)) throw errors.invalidBucketOwner(expected);
  const bucket = await findBucket(ports, name);
  if (!bucket) throw errors.noSuchBucket(name);
  if (expected !== undefined && expected !== bucket.account) throw errors.accessDenied();
  ports.accessLog.note(ctx.notes, bucket);
  refusePublicUse(ctx.caller, bucket);
  askRequester(ctx, bucket, input.RequestPayer);
  return bucket;
}

/** Read through a cache that is as old as the last change of the database, never older. */
export async function findBucket(ports: S3Ports, name: string): Promise<Bucket | undefined> {
  const { caches, database } = ports;
  const version = database.version();
  if (caches.version !== version) {
    caches.buckets.clear();
    caches.version = version;
  }
  const known = caches.buckets.get(name);
  if (known) return known;
  const bucket = await database.read((tx) => selectBucket(tx, name));
  // Another change may have come while this was read: then what was read is not kept.
  if (bucket && caches.version === version && database.version() === version) caches.buckets.set(name, bucket);
  return bucket;
}
