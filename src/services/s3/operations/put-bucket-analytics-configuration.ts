import { parseAnalytics } from "../configurations/checks.js";
import { keepConfiguration } from "../configurations/kept.js";
import { NO_CONTENT, onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putBucketAnalyticsConfiguration = operation("PutBucketAnalyticsConfiguration", {
  ...onBucket("PutAnalyticsConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await keepConfiguration(ctx, ports, bucket, "analytics", parseAnalytics(input.Id, input.AnalyticsConfiguration));
    return NO_CONTENT;
  },
});
