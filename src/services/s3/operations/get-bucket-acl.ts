import { ownerAcl } from "../acl.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketAcl = operation("GetBucketAcl", {
  ...onBucket("GetBucketAcl"),
  run: async (_ctx, _input, { target: bucket }) => ownerAcl(bucket.account),
});
