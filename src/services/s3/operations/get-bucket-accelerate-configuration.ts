import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { ACCELERATION } from "./put-bucket-accelerate-configuration.js";

/** Empty while acceleration was never turned on. */
export const getBucketAccelerateConfiguration = operation("GetBucketAccelerateConfiguration", {
  ...onBucket("GetAccelerateConfiguration"),
  run: async (_ctx, _input, { target: bucket }) => {
    const status = bucket.settings.get(ACCELERATION);
    if (status === undefined) return {};
    return { Status: status === "Enabled" ? ("Enabled" as const) : ("Suspended" as const) };
  },
});
