import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { NO_OWNERSHIP, OWNERSHIP, ownershipOf } from "../ownership.js";
import { operation } from "../ports.js";

export const getBucketOwnershipControls = operation("GetBucketOwnershipControls", {
  ...onBucket("GetBucketOwnershipControls"),
  run: async (_ctx, _input, { target: bucket }) => {
    if (bucket.settings.get(OWNERSHIP) === NO_OWNERSHIP) {
      throw errors.notConfigured(
        "OwnershipControlsNotFoundError",
        "The bucket ownership controls were not found",
        bucket.name,
      );
    }
    return { OwnershipControls: { Rules: [{ ObjectOwnership: ownershipOf(bucket) }] } };
  },
});
