import { aclMembers } from "../acl.js";
import { onBucket } from "../on-bucket.js";
import { bucketAcl } from "../ownership.js";
import { operation } from "../ports.js";

export const getBucketAcl = operation("GetBucketAcl", {
  ...onBucket("GetBucketAcl"),
  run: async (_ctx, _input, { target: bucket }) => aclMembers(bucketAcl(bucket)),
});
