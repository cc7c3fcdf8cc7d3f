import { getBucketAnywhere } from "../bucket.js";
import { noteBucket, onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { LOCATION } from "./create-bucket.js";

export const getBucketLocation = operation("GetBucketLocation", {
  ...onBucket("GetBucketLocation"),
  target: async (ctx, input, ports) => {
    const bucket = await getBucketAnywhere(ctx, ports, input);
    noteBucket(ctx, bucket);
    return bucket;
  },
  run: async (_ctx, _input, { target: bucket }) => {
    const location = bucket.settings.get(LOCATION) ?? bucket.region;
    // us-east-1 is older than location constraints: it has none.
    return { LocationConstraint: location === "us-east-1" ? undefined : (location as "eu-west-1") }; // any Region's name
  },
});
