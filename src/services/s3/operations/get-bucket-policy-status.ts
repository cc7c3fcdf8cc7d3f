import { onBucket } from "../on-bucket.js";
import { isPublicPolicy } from "../policy.js";
import { operation } from "../ports.js";
import { policyOf } from "./get-bucket-policy.js";

export const getBucketPolicyStatus = operation("GetBucketPolicyStatus", {
  ...onBucket("GetBucketPolicyStatus"),
  run: async (_ctx, _input, { target: bucket }) => ({ PolicyStatus: { IsPublic: isPublicPolicy(policyOf(bucket)) } }),
});
