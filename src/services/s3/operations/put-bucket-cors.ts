import { CORS, checkCorsRules } from "../cors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putBucketCors = operation("PutBucketCors", {
  ...onBucket("PutBucketCORS"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const rules = input.CORSConfiguration.CORSRules ?? [];
    checkCorsRules(rules);
    await saveSetting(ctx, ports, bucket, CORS, rules);
    return {};
  },
});
