import { PUBLIC_ACCESS_BLOCK } from "../access-block.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

export const deletePublicAccessBlock = operation("DeletePublicAccessBlock", {
  ...onBucket("PutBucketPublicAccessBlock"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, PUBLIC_ACCESS_BLOCK, undefined);
    return {};
  },
});
