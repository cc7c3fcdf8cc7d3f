import { getInventory } from "../inventory/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketInventoryConfiguration = operation("GetBucketInventoryConfiguration", {
  ...onBucket("GetInventoryConfiguration"),
  run: async (_ctx, input, { target: bucket }) => ({ InventoryConfiguration: getInventory(bucket, input.Id) }),
});
