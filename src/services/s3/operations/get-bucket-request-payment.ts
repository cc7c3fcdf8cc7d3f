import { onBucket } from "../on-bucket.js";
import { payerOf } from "../payment.js";
import { operation } from "../ports.js";

export const getBucketRequestPayment = operation("GetBucketRequestPayment", {
  ...onBucket("GetBucketRequestPayment"),
  run: async (_ctx, _input, { target: bucket }) => ({ Payer: payerOf(bucket) }),
});
