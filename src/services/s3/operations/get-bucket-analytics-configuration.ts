import { getConfiguration } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketAnalyticsConfiguration = operation("GetBucketAnalyticsConfiguration", {
  ...onBucket("GetAnalyticsConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => ({
    AnalyticsConfiguration: await getConfiguration(ports, bucket, "analytics", input.Id),
  }),
});
