import type { AccountId } from "../../../base/index.js";
import { OTHER_ACCOUNT, roleCaller, rootCaller, TEST_ACCOUNT } from "../../../kit/testing.js";
import { BUCKET, type S3House, s3House } from "../testing.js";

export const ROLE = `arn:aws:iam::${TEST_ACCOUNT}:role/replicator`;
export const REPLICAS = "bucket-of-replicas";

/** What the role of a replicating bucket usually may. */
export const REPLICATOR = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["s3:GetObjectVersion*", "s3:Replicate*"],
      Resource: "arn:aws:s3:::*",
    },
  ],
};

/** A house with two versioned buckets, and a role that trusts S3. */
export async function replicatingHouse(
  destinationAccount: AccountId = TEST_ACCOUNT,
  options: Parameters<typeof s3House>[0] = {},
) {
  const house = await s3House(options);
  const owner = { caller: rootCaller(destinationAccount) };
  await house.call("CreateBucket", { Bucket: REPLICAS }, owner);
  const VersioningConfiguration = { Status: "Enabled" };
  await house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration });
  await house.call("PutBucketVersioning", { Bucket: REPLICAS, VersioningConfiguration }, owner);
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  const put = (Rules: readonly object[], parts: object = {}, Role = ROLE) =>
    house.call("PutBucketReplication", { Bucket: BUCKET, ReplicationConfiguration: { Role, Rules } }, parts);
  return { house, put, configure: (more: object = {}) => put([rule(more)]) };
}

/** The policy of another account's bucket that takes replicas. */
export const letRoleIn = (house: S3House): Promise<unknown> => {
  const Statement = {
    Effect: "Allow",
    Principal: { AWS: ROLE },
    Action: ["s3:ReplicateObject"],
    Resource: `arn:aws:s3:::${REPLICAS}/*`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  return house.call("PutBucketPolicy", { Bucket: REPLICAS, Policy }, { caller: rootCaller(OTHER_ACCOUNT) });
};

export const rule = (more: object = {}, destination: object = {}) => ({
  ID: "one",
  Priority: 1,
  Status: "Enabled",
  Filter: { Prefix: "" },
  DeleteMarkerReplication: { Status: "Disabled" },
  Destination: { Bucket: `arn:aws:s3:::${REPLICAS}`, ...destination },
  ...more,
});
