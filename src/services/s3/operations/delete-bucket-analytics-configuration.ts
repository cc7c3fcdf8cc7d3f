import { dropConfiguration } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Needs the right to put one, as in S3. */
export const deleteBucketAnalyticsConfiguration = operation("DeleteBucketAnalyticsConfiguration", {
  ...onBucket("PutAnalyticsConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await dropConfiguration(ctx, ports, bucket, "analytics", input.Id);
    return {};
  },
});
