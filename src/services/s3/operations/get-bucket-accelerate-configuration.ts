import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Empty, as AWS answers while acceleration was never turned on: there is no edge network here. */
export const getBucketAccelerateConfiguration = operation("GetBucketAccelerateConfiguration", {
  ...onBucket("GetAccelerateConfiguration"),
  run: async () => ({}),
});
