import { listConfigurations } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const listBucketIntelligentTieringConfigurations = operation("ListBucketIntelligentTieringConfigurations", {
  ...onBucket("GetIntelligentTieringConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => {
    const { found, place } = await listConfigurations(ports, bucket, "intelligentTiering", input.ContinuationToken);
    return { ...(found.length === 0 ? {} : { IntelligentTieringConfigurationList: [...found] }), ...place };
  },
});
