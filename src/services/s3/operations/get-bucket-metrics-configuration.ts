import { getConfiguration } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketMetricsConfiguration = operation("GetBucketMetricsConfiguration", {
  ...onBucket("GetMetricsConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => ({
    MetricsConfiguration: await getConfiguration(ports, bucket, "metrics", input.Id),
  }),
});
