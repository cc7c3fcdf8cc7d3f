import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { checkWebsite, WEBSITE } from "../website.js";

export const putBucketWebsite = operation("PutBucketWebsite", {
  ...onBucket("PutBucketWebsite"),
  run: async (ctx, input, { target: bucket }, ports) => {
    checkWebsite(input.WebsiteConfiguration);
    await saveSetting(ctx, ports, bucket, WEBSITE, input.WebsiteConfiguration);
    return {};
  },
});
