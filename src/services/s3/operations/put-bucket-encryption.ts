import { bucketEncryption, ENCRYPTION, parseBucketEncryption } from "../bucket-encryption.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";

export const putBucketEncryption = operation("PutBucketEncryption", {
  ...onBucket("PutEncryptionConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const encryption = parseBucketEncryption(
      input.ServerSideEncryptionConfiguration,
      bucketEncryption(bucket, ports.rules),
    );
    await saveSetting(ctx, ports, bucket, ENCRYPTION, encryption);
    return {};
  },
});
