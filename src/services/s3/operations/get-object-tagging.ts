import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { versionMember } from "../versioning.js";

export const getObjectTagging = operation("GetObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "GetObjectTagging"),
  run: async (_ctx, _input, { target }) => {
    const { bucket, key, asked } = target;
    // S3 names the bucket with the missing key here, and only here.
    if (!target.object && !target.marker && asked === undefined) throw errors.noSuchKey(`${bucket.name}/${key}`);
    const object = getTagged(target, "GET");
    return { TagSet: [...object.tags], ...versionMember(bucket, object) };
  },
});
