import { LIFECYCLE } from "../lifecycle/configuration.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Succeeds where there is none. */
export const deleteBucketLifecycle = operation("DeleteBucketLifecycle", {
  ...onBucket("PutLifecycleConfiguration"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, LIFECYCLE, undefined);
    return {};
  },
});
