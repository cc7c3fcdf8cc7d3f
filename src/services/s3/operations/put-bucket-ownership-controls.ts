import { refuseOwnership } from "../acl.js";
import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { OWNERSHIP } from "./get-bucket-ownership-controls.js";

export const putBucketOwnershipControls = operation("PutBucketOwnershipControls", {
  ...onBucket("PutBucketOwnershipControls"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const [rule, second] = input.OwnershipControls.Rules ?? [];
    if (!rule || second) throw errors.malformedXml();
    refuseOwnership(rule.ObjectOwnership);
    await saveSetting(ctx, ports, bucket, OWNERSHIP, undefined);
    return {};
  },
});
