import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { REPLICATION } from "../replication/configuration.js";

/** Needs the right to put one, as in S3. What is queued is still replicated. */
export const deleteBucketReplication = operation("DeleteBucketReplication", {
  ...onBucket("PutReplicationConfiguration"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, REPLICATION, undefined);
    return {};
  },
});
