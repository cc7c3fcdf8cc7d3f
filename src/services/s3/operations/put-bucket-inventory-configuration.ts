import { findBucket } from "../bucket.js";
import {
  destinationOf,
  INVENTORY,
  invalidDestination,
  parseInventory,
  withInventory,
} from "../inventory/configuration.js";
import { NO_CONTENT, onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Takes the place of the configuration of that id. Whether the destination lets S3 in shows with the first report. */
export const putBucketInventoryConfiguration = operation("PutBucketInventoryConfiguration", {
  ...onBucket("PutInventoryConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const inventory = parseInventory(input.InventoryConfiguration, input.Id);
    const destination = await findBucket(ports, destinationOf(inventory));
    if (destination === undefined) throw invalidDestination("The destination bucket does not exist.");
    if (destination.region !== bucket.region) {
      throw invalidDestination("The destination bucket must be in the same Region as the source bucket.");
    }
    await saveSetting(ctx, ports, bucket, INVENTORY, withInventory(bucket, inventory));
    return NO_CONTENT;
  },
});
