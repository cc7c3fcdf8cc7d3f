import { onBucket, saveSetting } from "../on-bucket.js";
import { POLICY } from "../policy.js";
import { operation } from "../ports.js";

export const deleteBucketPolicy = operation("DeleteBucketPolicy", {
  ...onBucket("DeleteBucketPolicy"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, POLICY, undefined);
    return {};
  },
});
