import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Nobody is billed here, so the owner always "pays"; a wish that could not be honoured is refused. */
export const putBucketRequestPayment = operation("PutBucketRequestPayment", {
  ...onBucket("PutBucketRequestPayment"),
  run: async (_ctx, input) => {
    const { Payer } = input.RequestPaymentConfiguration;
    if (Payer === "Requester") throw errors.notImplemented("Requester Pays is not implemented here: nobody is billed.");
    return {};
  },
});
