import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import { bucketArn } from "./names.js";
import { ACCOUNT_ACCESS_BLOCK, type Bucket } from "./store/index.js";

/** S3 Block Public Access of one bucket, or of an account. */
export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export const PUBLIC_ACCESS_BLOCK = "publicAccessBlock";

/** Every new bucket of AWS, since April 2023. */
export const ALL_BLOCKED: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** A block as a request says it; what it leaves out is off. */
export const parseBlock = (given: { readonly [Name in keyof PublicAccessBlock]?: boolean | undefined }) => ({
  BlockPublicAcls: given.BlockPublicAcls ?? false,
  IgnorePublicAcls: given.IgnorePublicAcls ?? false,
  BlockPublicPolicy: given.BlockPublicPolicy ?? false,
  RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
});

/** The bucket's own block, without its account's. */
export const publicAccessBlock = (bucket: Bucket): PublicAccessBlock | undefined =>
  storedBlock(bucket.settings.get(PUBLIC_ACCESS_BLOCK));

export const storedBlock = (text: string | undefined): PublicAccessBlock | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as PublicAccessBlock); // written from parseBlock

/** What is blocked where either the bucket or its account blocks it. */
export function isBlocked(bucket: Bucket, what: keyof PublicAccessBlock): boolean {
  const ofAccount = storedBlock(bucket.settings.get(ACCOUNT_ACCESS_BLOCK));
  return publicAccessBlock(bucket)?.[what] === true || ofAccount?.[what] === true;
}

/** BlockPublicAcls: nobody writes a list that lets everybody in. */
export function refusePublicAcl(
  ctx: RequestContext,
  bucket: Bucket,
  action: string,
  arn = bucketArn(bucket.name),
): void {
  if (isBlocked(bucket, "BlockPublicAcls"))
    throw blocked(ctx, bucket, action, arn, "access control lists (ACLs)", "BlockPublicAcls");
}

/** BlockPublicPolicy: the same for policies. */
export function refusePublicPolicy(ctx: RequestContext, bucket: Bucket): void {
  if (isBlocked(bucket, "BlockPublicPolicy"))
    throw blocked(ctx, bucket, "s3:PutBucketPolicy", bucketArn(bucket.name), "policies", "BlockPublicPolicy");
}

function blocked(ctx: RequestContext, bucket: Bucket, action: string, arn: string, what: string, setting: string) {
  if (ctx.caller.account !== bucket.account) return errors.accessDenied();
  return errors.accessDenied(
    `User: ${ctx.caller.principal.arn} is not authorized to perform: ${action} on resource: "${arn}" because public ${what} are prevented by the ${setting} setting in S3 Block Public Access.`,
  );
}
