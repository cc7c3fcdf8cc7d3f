import type { AccountId } from "../../../base/index.js";
import { parseArn } from "../../../base/index.js";
import { findBucket } from "../bucket.js";
import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation, type S3Ports } from "../ports.js";
import { type Configuration, destinationName, parseReplication, REPLICATION } from "../replication/configuration.js";
import type { Bucket } from "../store/index.js";
import { versioningOf } from "../versioning.js";

/** Who gives S3 a role must be allowed to pass it. */
export const putBucketReplication = operation("PutBucketReplication", {
  ...onBucket("PutReplicationConfiguration"),
  checks: (_ctx, input, bucket, ports) => [
    bucketCheck(ports, bucket, "PutReplicationConfiguration"),
    ...passing(input.ReplicationConfiguration.Role),
  ],
  run: async (ctx, input, { target: bucket }, ports) => {
    const configuration = parseReplication(input.ReplicationConfiguration, () => ctx.ids.base32(48));
    if (versioningOf(bucket) !== "Enabled") {
      throw errors.invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    }
    await checkDestinations(ports, bucket, configuration);
    await saveSetting(ctx, ports, bucket, REPLICATION, configuration);
    return {};
  },
});

/** A role that is none is refused by its form, when the request is allowed. */
function passing(role: string | undefined) {
  const arn = parseArn(role ?? "");
  if (role === undefined || arn === undefined) return [];
  const side = { kind: "none" as const, account: arn.account as AccountId }; // compared alone
  return [
    { action: "iam:PassRole", resource: role, side, values: new Map([["iam:passedtoservice", "s3.amazonaws.com"]]) },
  ];
}

async function checkDestinations(ports: S3Ports, bucket: Bucket, { Rules: rules = [] }: Configuration): Promise<void> {
  for (const name of new Set((rules ?? []).map(destinationName))) {
    const destination = await findBucket(ports, name);
    if (destination === undefined) throw errors.invalidRequest("Destination bucket must exist.");
    if (destination.id === bucket.id) {
      throw errors.invalidRequest("Destination bucket cannot be the same as the source bucket.");
    }
    if (versioningOf(destination) !== "Enabled") {
      throw errors.invalidRequest("Destination bucket must have versioning enabled.");
    }
  }
}
