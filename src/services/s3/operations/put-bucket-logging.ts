import { findBucket } from "../bucket.js";
import { checkTarget, LOGGING, parseLogging } from "../logging/configuration.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Without `LoggingEnabled` the log ends; what it holds is still delivered to where it went. */
export const putBucketLogging = operation("PutBucketLogging", {
  ...onBucket("PutBucketLogging"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { LoggingEnabled: given } = input.BucketLoggingStatus;
    const logging = given && parseLogging(given);
    if (logging) checkTarget(ports, bucket, await findBucket(ports, logging.bucket), given);
    await saveSetting(ctx, ports, bucket, LOGGING, logging);
    return {};
  },
});
