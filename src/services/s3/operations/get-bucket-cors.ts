import { corsRules } from "../cors.js";
import { errors } from "../errors.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketCors = operation("GetBucketCors", {
  ...onBucket("GetBucketCORS"),
  run: async (_ctx, _input, { target: bucket }) => {
    const rules = corsRules(bucket);
    if (!rules)
      throw errors.notConfigured("NoSuchCORSConfiguration", "The CORS configuration does not exist", bucket.name);
    // The client's type wants lists that can be changed; the wire only reads them.
    return { CORSRules: rules as never };
  },
});
