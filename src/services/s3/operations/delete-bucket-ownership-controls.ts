import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { NO_OWNERSHIP, OWNERSHIP } from "./get-bucket-ownership-controls.js";

export const deleteBucketOwnershipControls = operation("DeleteBucketOwnershipControls", {
  ...onBucket("PutBucketOwnershipControls"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, OWNERSHIP, NO_OWNERSHIP);
    return {};
  },
});
