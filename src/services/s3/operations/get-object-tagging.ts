import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, readChecks } from "../object.js";
import { operation } from "../ports.js";

export const getObjectTagging = operation("GetObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectTagging"),
  run: async (_ctx, _input, { target: { object, bucket, key } }) => {
    // S3 names the bucket with the missing key here, and only here.
    if (!object) throw errors.noSuchKey(`${bucket.name}/${key}`);
    return { TagSet: [...object.tags] };
  },
});
