import { parseIntelligentTiering } from "../configurations/checks.js";
import { keepConfiguration } from "../configurations/kept.js";
import { NO_CONTENT, onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putBucketIntelligentTieringConfiguration = operation("PutBucketIntelligentTieringConfiguration", {
  ...onBucket("PutIntelligentTieringConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await keepConfiguration(
      ctx,
      ports,
      bucket,
      "intelligentTiering",
      parseIntelligentTiering(input.Id, input.IntelligentTieringConfiguration),
    );
    return NO_CONTENT;
  },
});
