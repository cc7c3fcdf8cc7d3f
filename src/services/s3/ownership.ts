import type { RequestContext } from "../../kit/index.js";
import { refusePublicAcl } from "./access-block.js";
import { accessErrors } from "./access-errors.js";
import { type Acl, isPublicAcl, privateAcl } from "./acl.js";
import {
  type AclInput,
  cannedBucketAcl,
  cannedObjectAcl,
  checkGrantees,
  hasAcl,
  headerGrants,
  isOwnersAlone,
  requestedAcl,
} from "./acl-request.js";
import { errors } from "./errors.js";
import type { S3Ports } from "./ports.js";
import type { Bucket } from "./store/index.js";

/** Who owns what is written into a bucket, and with it whether access control lists count (S3 Object Ownership). */
export type Ownership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

export const OWNERSHIP = "ownershipControls";
/** The stored mark of a bucket whose controls were deleted: as before there were any, writers own what they write. */
export const NO_OWNERSHIP = "none";
export const BUCKET_ACL = "acl";

export function ownershipOf(bucket: Bucket): Ownership {
  const stored = bucket.settings.get(OWNERSHIP);
  if (stored === undefined) return "BucketOwnerEnforced";
  return stored === NO_OWNERSHIP ? "ObjectWriter" : parseOwnership(stored);
}

export function parseOwnership(name: string | undefined): Ownership {
  if (name === "BucketOwnerEnforced" || name === "BucketOwnerPreferred" || name === "ObjectWriter") return name;
  throw errors.malformedXml();
}

/** False where the bucket's owner owns everything: then lists are neither written nor asked. */
export const hasAcls = (bucket: Bucket): boolean => ownershipOf(bucket) !== "BucketOwnerEnforced";

export function bucketAcl(bucket: Bucket): Acl {
  const stored = bucket.settings.get(BUCKET_ACL);
  if (stored === undefined || !hasAcls(bucket)) return privateAcl(bucket.account);
  return { owner: bucket.account, grants: JSON.parse(stored) as Acl["grants"] }; // written by PutBucketAcl and CreateBucket
}

/** What every list is before anybody shares something: it is not stored. */
export const isOwnersOnly = (acl: Acl): boolean => JSON.stringify(acl) === JSON.stringify(privateAcl(acl.owner));

/**
 * The list that a write gives its object. Undefined: the bucket's owner owns it alone. Throws where lists are off and
 * the request would share something, and where a public list is blocked.
 */
export async function newObjectAcl(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  input: AclInput,
): Promise<Acl | undefined> {
  if (!hasAcls(bucket)) {
    if (!isOwnersAlone(input)) throw accessErrors.aclNotSupported();
    return undefined;
  }
  const owner = ownerOfWrite(ctx, bucket, input);
  const granted = headerGrants(input);
  if (granted.length > 0 && input.ACL !== undefined) throw accessErrors.bothAclForms();
  const acl: Acl = granted.length > 0 ? { owner, grants: granted } : cannedObjectAcl(input.ACL, owner, bucket.account);
  await checkGrantees(ports, acl);
  if (hasAcl(input) && isPublicAcl(acl)) refusePublicAcl(ctx, bucket, "s3:PutObjectAcl");
  return acl;
}

/** The list of a bucket that is being made, whose public access is blocked from its first moment. */
export async function newBucketAcl(
  ctx: RequestContext,
  ports: S3Ports,
  ownership: Ownership,
  input: AclInput,
): Promise<Acl> {
  const owner = ctx.caller.account;
  if (!hasAcl(input)) return privateAcl(owner);
  const acl = await requestedAcl(ports, input, owner, (name) => cannedBucketAcl(name, owner));
  if (ownership === "BucketOwnerEnforced" && !isOwnersOnly(acl)) throw accessErrors.bucketAclWithOwnership();
  if (isPublicAcl(acl)) throw accessErrors.bucketAclWithBlock();
  return acl;
}

/** Services deliver for the bucket's owner; with BucketOwnerPreferred a writer gives an object away by its list. */
function ownerOfWrite(ctx: RequestContext, bucket: Bucket, input: AclInput): string {
  if (ctx.caller.principal.kind === "service") return bucket.account;
  const givesAway = ownershipOf(bucket) === "BucketOwnerPreferred" && input.ACL === "bucket-owner-full-control";
  return givesAway ? bucket.account : ctx.caller.account;
}
