import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { websiteOf } from "../website.js";

export const getBucketWebsite = operation("GetBucketWebsite", {
  ...onBucket("GetBucketWebsite"),
  // The client's type wants lists that can be changed; the wire only reads them.
  run: async (_ctx, _input, { target: bucket }) => websiteOf(bucket) as never,
});
