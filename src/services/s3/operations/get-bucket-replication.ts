import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { replicationOf } from "../replication/configuration.js";

export const getBucketReplication = operation("GetBucketReplication", {
  ...onBucket("GetReplicationConfiguration"),
  run: async (_ctx, _input, { target: bucket }) => {
    const configuration = replicationOf(bucket);
    if (configuration !== undefined) return { ReplicationConfiguration: configuration };
    throw errors.notConfigured(
      "ReplicationConfigurationNotFoundError",
      "The replication configuration was not found",
      bucket.name,
    );
  },
});
