// One file for many operations, against the rule of one each: all that these do is to say that a feature, which
// does not exist here yet, is not configured. Each moves to its own file on the day when it becomes real.
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

/** The features that AWS reports by an empty answer. */
const empty = (action: string) => ({ ...onBucket(action), run: async () => ({}) });

export const NOT_CONFIGURED = [
  operation("GetBucketAccelerateConfiguration", empty("GetAccelerateConfiguration")),
  operation("GetBucketRequestPayment", {
    ...onBucket("GetBucketRequestPayment"),
    run: async () => ({ Payer: "BucketOwner" as const }),
  }),
];
