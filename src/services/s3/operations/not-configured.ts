// One file for many operations, against the rule of one each: all that these do is to say that a feature, which
// does not exist here yet, is not configured. Each moves to its own file on the day when it becomes real.
import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import type { Bucket } from "../store/index.js";

/** The features that AWS reports by a 404 of their own. */
const absent = (action: string, code: string, message: string) => ({
  ...onBucket(action),
  run: async (_ctx: unknown, _input: unknown, { target: bucket }: { readonly target: Bucket }) => {
    throw errors.notConfigured(code, message, bucket.name);
  },
});

/** The features that AWS reports by an empty answer. */
const empty = (action: string) => ({ ...onBucket(action), run: async () => ({}) });

export const NOT_CONFIGURED = [
  operation(
    "GetBucketCors",
    absent("GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
  ),
  operation(
    "GetBucketWebsite",
    absent(
      "GetBucketWebsite",
      "NoSuchWebsiteConfiguration",
      "The specified bucket does not have a website configuration",
    ),
  ),
  operation("GetBucketAccelerateConfiguration", empty("GetAccelerateConfiguration")),
  operation("GetBucketRequestPayment", {
    ...onBucket("GetBucketRequestPayment"),
    run: async () => ({ Payer: "BucketOwner" as const }),
  }),
];
