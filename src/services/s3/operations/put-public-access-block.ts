import { PUBLIC_ACCESS_BLOCK, parseBlock } from "../access-block.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putPublicAccessBlock = operation("PutPublicAccessBlock", {
  ...onBucket("PutBucketPublicAccessBlock"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, PUBLIC_ACCESS_BLOCK, parseBlock(input.PublicAccessBlockConfiguration));
    return {};
  },
});
