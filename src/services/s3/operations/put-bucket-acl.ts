import { refusePublicAcl } from "../access-block.js";
import { accessErrors } from "../access-errors.js";
import { isPublicAcl } from "../acl.js";
import { cannedBucketAcl, requestedAcl } from "../acl-request.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { BUCKET_ACL, hasAcls, isOwnersOnly } from "../ownership.js";
import { bucketCheck, headerValues } from "../policy.js";
import { operation } from "../ports.js";

export const putBucketAcl = operation("PutBucketAcl", {
  ...onBucket("PutBucketAcl"),
  checks: (ctx, _input, bucket, ports) => [bucketCheck(ports, bucket, "PutBucketAcl", headerValues(ctx))],
  run: async (ctx, input, { target: bucket }, ports) => {
    if (!hasAcls(bucket)) throw accessErrors.aclNotSupported();
    const acl = await requestedAcl(ports, input, bucket.account, (name) => cannedBucketAcl(name, bucket.account));
    if (isPublicAcl(acl)) refusePublicAcl(ctx, bucket, "s3:PutBucketAcl");
    await saveSetting(ctx, ports, bucket, BUCKET_ACL, isOwnersOnly(acl) ? undefined : acl.grants);
    return {};
  },
});
