import { refusePublicPolicy } from "../access-block.js";
import { NO_CONTENT, onBucket, saveSetting } from "../on-bucket.js";
import { POLICY, parseBucketPolicy } from "../policy.js";
import { operation } from "../ports.js";

export const putBucketPolicy = operation("PutBucketPolicy", {
  ...onBucket("PutBucketPolicy"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { isPublic } = parseBucketPolicy(input.Policy, bucket.name);
    if (isPublic) refusePublicPolicy(ctx, bucket);
    await saveSetting(ctx, ports, bucket, POLICY, input.Policy);
    return NO_CONTENT;
  },
});
