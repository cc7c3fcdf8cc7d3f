import { onBucket, saveSetting } from "../on-bucket.js";
import { NO_OWNERSHIP, OWNERSHIP } from "../ownership.js";
import { operation } from "../ports.js";

export const deleteBucketOwnershipControls = operation("DeleteBucketOwnershipControls", {
  ...onBucket("PutBucketOwnershipControls"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, OWNERSHIP, NO_OWNERSHIP);
    return {};
  },
});
