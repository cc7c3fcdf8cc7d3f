import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { PAYMENT } from "../payment.js";
import { operation } from "../ports.js";

/** Nobody is billed here; who would pay has to say so all the same, as in S3. */
export const putBucketRequestPayment = operation("PutBucketRequestPayment", {
  ...onBucket("PutBucketRequestPayment"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { Payer: payer } = input.RequestPaymentConfiguration;
    if (payer !== "Requester" && payer !== "BucketOwner") throw errors.malformedXml();
    await saveSetting(ctx, ports, bucket, PAYMENT, payer === "Requester" ? payer : undefined);
    return {};
  },
});
