import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

/** The name of a bucket's setting. */
export const ACCELERATION = "acceleration";

/** Kept and shown; there is no edge network here that it could turn on. */
export const putBucketAccelerateConfiguration = operation("PutBucketAccelerateConfiguration", {
  ...onBucket("PutAccelerateConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { Status: status } = input.AccelerateConfiguration;
    if (bucket.name.includes(".")) {
      throw errors.invalidRequest(
        "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
      );
    }
    if (status !== "Enabled" && status !== "Suspended") throw errors.malformedXml();
    await saveSetting(ctx, ports, bucket, ACCELERATION, status);
    return {};
  },
});
