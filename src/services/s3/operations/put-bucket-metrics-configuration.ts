import { parseMetrics } from "../configurations/checks.js";
import { keepConfiguration } from "../configurations/kept.js";
import { NO_CONTENT, onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putBucketMetricsConfiguration = operation("PutBucketMetricsConfiguration", {
  ...onBucket("PutMetricsConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await keepConfiguration(ctx, ports, bucket, "metrics", parseMetrics(input.Id, input.MetricsConfiguration));
    return NO_CONTENT;
  },
});
