import { NO_CONTENT, onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
import { parseTagSet } from "../tagging.js";
import { TAGGING } from "./create-bucket.js";

export const putBucketTagging = operation("PutBucketTagging", {
  ...onBucket("PutBucketTagging"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const tags = parseTagSet(input.Tagging.TagSet, "bucket");
    await saveSetting(ctx, ports, bucket, TAGGING, tags.length > 0 ? tags : undefined);
    return NO_CONTENT;
  },
});
