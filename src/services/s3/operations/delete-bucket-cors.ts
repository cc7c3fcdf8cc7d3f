import { CORS } from "../cors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

export const deleteBucketCors = operation("DeleteBucketCors", {
  ...onBucket("PutBucketCORS"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, CORS, undefined);
    return {};
  },
});
