import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { POLICY, parseBucketPolicy } from "../policy.js";
import { operation } from "../ports.js";
import { publicAccessBlock } from "../public-access.js";

export const putBucketPolicy = operation("PutBucketPolicy", {
  ...onBucket("PutBucketPolicy"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { isPublic } = parseBucketPolicy(input.Policy, bucket.name);
    if (isPublic && publicAccessBlock(bucket)?.BlockPublicPolicy) {
      throw errors.accessDenied(
        `User: ${ctx.caller.principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
      );
    }
    await saveSetting(ctx, ports, bucket, POLICY, input.Policy);
    return {};
  },
});
