import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const OWNERSHIP = "ownershipControls";
/** The stored mark of a bucket whose controls were deleted. ACLs stay off: there are none to come back. */
export const NO_OWNERSHIP = "none";

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
    return { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] } };
  },
});
