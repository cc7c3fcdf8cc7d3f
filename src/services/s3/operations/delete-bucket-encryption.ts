import { bucketEncryption, ENCRYPTION, implicit } from "../bucket-encryption.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

/** Back to SSE-S3: a bucket never has no encryption at all. */
export const deleteBucketEncryption = operation("DeleteBucketEncryption", {
  ...onBucket("PutEncryptionConfiguration"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    await saveSetting(ctx, ports, bucket, ENCRYPTION, implicit(bucketEncryption(bucket, ports.rules).blocksSseC));
    return {};
  },
});
