import { bucketEncryption, describeBucketEncryption } from "../bucket-encryption.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketEncryption = operation("GetBucketEncryption", {
  ...onBucket("GetEncryptionConfiguration"),
  run: async (_ctx, _input, { target: bucket }, ports) => ({
    ServerSideEncryptionConfiguration: describeBucketEncryption(bucketEncryption(bucket, ports.rules), bucket.name),
  }),
});
