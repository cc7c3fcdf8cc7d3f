import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { PUBLIC_ACCESS_BLOCK } from "../public-access.js";

export const deletePublicAccessBlock = operation("DeletePublicAccessBlock", {
  ...onBucket("PutBucketPublicAccessBlock"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, PUBLIC_ACCESS_BLOCK, undefined);
    return {};
  },
});
