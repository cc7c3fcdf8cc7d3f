import { errors } from "../errors.js";
import { getInventory, INVENTORY, inventoriesOf } from "../inventory/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { bucketStands, deleteInventoryRun, deleteSetting, putSetting } from "../store/index.js";

/** Needs the right to put one, as in S3. A report that was begun ends with it. */
export const deleteBucketInventoryConfiguration = operation("DeleteBucketInventoryConfiguration", {
  ...onBucket("PutInventoryConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    getInventory(bucket, input.Id);
    const left = inventoriesOf(bucket).filter(({ Id }) => Id !== input.Id);
    await ctx.commit(ports.database, async (tx) => {
      if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
      await deleteInventoryRun(tx, bucket.id, input.Id);
      if (left.length === 0) return deleteSetting(tx, bucket.id, INVENTORY);
      return putSetting(tx, bucket.id, INVENTORY, JSON.stringify(left));
    });
    return {};
  },
});
