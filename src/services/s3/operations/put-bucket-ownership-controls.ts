import { accessErrors } from "../access-errors.js";
import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { BUCKET_ACL, OWNERSHIP, parseOwnership } from "../ownership.js";
import { operation } from "../ports.js";

export const putBucketOwnershipControls = operation("PutBucketOwnershipControls", {
  ...onBucket("PutBucketOwnershipControls"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const [rule, second] = input.OwnershipControls.Rules ?? [];
    if (!rule || second) throw errors.malformedXml();
    const ownership = parseOwnership(rule.ObjectOwnership);
    // The list would lie there unseen, and act again on the day when lists come back.
    if (ownership === "BucketOwnerEnforced" && bucket.settings.has(BUCKET_ACL))
      throw accessErrors.bucketAclWithOwnership();
    await saveSetting(ctx, ports, bucket, OWNERSHIP, ownership);
    return {};
  },
});
