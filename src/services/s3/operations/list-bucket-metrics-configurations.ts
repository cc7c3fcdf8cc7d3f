import { listConfigurations } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const listBucketMetricsConfigurations = operation("ListBucketMetricsConfigurations", {
  ...onBucket("GetMetricsConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => {
    const { found, place } = await listConfigurations(ports, bucket, "metrics", input.ContinuationToken);
    return { ...(found.length === 0 ? {} : { MetricsConfigurationList: [...found] }), ...place };
  },
});
