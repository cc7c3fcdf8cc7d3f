import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { WEBSITE } from "../website.js";

export const deleteBucketWebsite = operation("DeleteBucketWebsite", {
  ...onBucket("DeleteBucketWebsite"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, WEBSITE, undefined);
    return {};
  },
});
