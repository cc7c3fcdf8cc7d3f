import { errors } from "../errors.js";
import { lifecycleOf } from "../lifecycle/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketLifecycleConfiguration = operation("GetBucketLifecycleConfiguration", {
  ...onBucket("GetLifecycleConfiguration"),
  run: async (_ctx, _input, { target: bucket }) => {
    const lifecycle = lifecycleOf(bucket);
    if (!lifecycle) {
      throw errors.notConfigured(
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
        bucket.name,
      );
    }
    return {
      Rules: lifecycle.rules as never, // as they came, through the same model
      TransitionDefaultMinimumObjectSize: lifecycle.minimumSize,
    };
  },
});
