import type { Caller } from "../../identity/index.js";
import { errors } from "./errors.js";
import { isPublicPolicy, POLICY } from "./policy.js";
import type { Bucket } from "./store/index.js";

/** S3 Block Public Access of one bucket. */
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

export function publicAccessBlock(bucket: Bucket): PublicAccessBlock | undefined {
  const text = bucket.settings.get(PUBLIC_ACCESS_BLOCK);
  return text === undefined ? undefined : (JSON.parse(text) as PublicAccessBlock); // written by PutPublicAccessBlock
}

/** RestrictPublicBuckets: a public policy lets nobody in from outside of the owner's account. */
export function refusePublicUse(caller: Caller, bucket: Bucket): void {
  const policy = bucket.settings.get(POLICY);
  if (policy === undefined || caller.account === bucket.account) return;
  if (publicAccessBlock(bucket)?.RestrictPublicBuckets && isPublicPolicy(policy)) throw errors.accessDenied();
}
