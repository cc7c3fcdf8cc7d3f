import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import type { Tag } from "../tagging.js";
import { TAGGING } from "./create-bucket.js";

export const getBucketTagging = operation("GetBucketTagging", {
  ...onBucket("GetBucketTagging"),
  run: async (_ctx, _input, { target: bucket }) => {
    const text = bucket.settings.get(TAGGING);
    if (text === undefined) throw errors.notConfigured("NoSuchTagSet", "The TagSet does not exist", bucket.name);
    return { TagSet: JSON.parse(text) as Tag[] }; // written by PutBucketTagging
  },
});
