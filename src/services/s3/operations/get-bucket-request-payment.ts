import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketRequestPayment = operation("GetBucketRequestPayment", {
  ...onBucket("GetBucketRequestPayment"),
  run: async () => ({ Payer: "BucketOwner" as const }),
});
