import { listConfigurations } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const listBucketAnalyticsConfigurations = operation("ListBucketAnalyticsConfigurations", {
  ...onBucket("GetAnalyticsConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => {
    const { found, place } = await listConfigurations(ports, bucket, "analytics", input.ContinuationToken);
    return { ...(found.length === 0 ? {} : { AnalyticsConfigurationList: [...found] }), ...place };
  },
});
