import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { PUBLIC_ACCESS_BLOCK, type PublicAccessBlock } from "../public-access.js";

export const putPublicAccessBlock = operation("PutPublicAccessBlock", {
  ...onBucket("PutBucketPublicAccessBlock"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const given = input.PublicAccessBlockConfiguration;
    const block: PublicAccessBlock = {
      BlockPublicAcls: given.BlockPublicAcls ?? false,
      IgnorePublicAcls: given.IgnorePublicAcls ?? false,
      BlockPublicPolicy: given.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
    };
    await saveSetting(ctx, ports, bucket, PUBLIC_ACCESS_BLOCK, block);
    return {};
  },
});
