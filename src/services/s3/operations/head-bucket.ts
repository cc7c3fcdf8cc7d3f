import { s3Audit } from "../audit.js";
import { getBucketAnywhere } from "../bucket.js";
import { errors } from "../errors.js";
import { bucketArn } from "../names.js";
import { noteBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation } from "../ports.js";

export const headBucket = operation("HeadBucket", {
  audit: s3Audit,
  target: async (ctx, input, ports) => {
    const bucket = await getBucketAnywhere(ctx, ports, input);
    noteBucket(ctx, bucket);
    return bucket;
  },
  checks: (_ctx, _input, bucket, ports) => [bucketCheck(ports, bucket, "ListBucket")],
  run: async (ctx, _input, { target: bucket }) => {
    // Clients of the wrong Region learn the right one from this answer's header.
    if (bucket.region !== ctx.region) throw errors.permanentRedirect(bucket.name, bucket.region);
    return { BucketRegion: bucket.region, BucketArn: bucketArn(bucket.name), AccessPointAlias: false };
  },
});
