import { publicAccessBlock } from "../access-block.js";
import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getPublicAccessBlock = operation("GetPublicAccessBlock", {
  ...onBucket("GetBucketPublicAccessBlock"),
  run: async (_ctx, _input, { target: bucket }) => {
    const block = publicAccessBlock(bucket);
    if (!block) {
      throw errors.notConfigured(
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
        bucket.name,
      );
    }
    return { PublicAccessBlockConfiguration: { ...block } };
  },
});
