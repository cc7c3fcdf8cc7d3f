import { getConfiguration } from "../configurations/kept.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketIntelligentTieringConfiguration = operation("GetBucketIntelligentTieringConfiguration", {
  ...onBucket("GetIntelligentTieringConfiguration"),
  run: async (_ctx, input, { target: bucket }, ports) => ({
    IntelligentTieringConfiguration: await getConfiguration(ports, bucket, "intelligentTiering", input.Id),
  }),
});
