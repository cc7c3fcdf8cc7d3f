import { describeLogging, loggingOf } from "../logging/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketLogging = operation("GetBucketLogging", {
  ...onBucket("GetBucketLogging"),
  run: async (_ctx, _input, { target: bucket }) => describeLogging(loggingOf(bucket)),
});
