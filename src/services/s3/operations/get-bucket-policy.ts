import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { POLICY } from "../policy.js";
import { operation } from "../ports.js";
import type { Bucket } from "../store/index.js";

export const getBucketPolicy = operation("GetBucketPolicy", {
  ...onBucket("GetBucketPolicy"),
  run: async (_ctx, _input, { target: bucket }) => ({ Policy: policyOf(bucket) }),
});

export function policyOf(bucket: Bucket): string {
  const policy = bucket.settings.get(POLICY);
  if (policy === undefined)
    throw errors.notConfigured("NoSuchBucketPolicy", "The bucket policy does not exist", bucket.name);
  return policy;
}
