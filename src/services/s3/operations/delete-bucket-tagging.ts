import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { TAGGING } from "./create-bucket.js";

export const deleteBucketTagging = operation("DeleteBucketTagging", {
  ...onBucket("PutBucketTagging"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, TAGGING, undefined);
    return {};
  },
});
