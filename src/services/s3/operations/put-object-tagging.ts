import { s3Audit } from "../audit.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { updateTags } from "../store/index.js";
import { parseTagSet } from "../tagging.js";
import { versionMember } from "../versioning.js";

export const putObjectTagging = operation("PutObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "PutObjectTagging"),
  run: async (ctx, input, { target }, ports) => {
    const object = getTagged(target, "PUT");
    const tags = parseTagSet(input.Tagging.TagSet, "object");
    await ctx.commit(ports.database, (tx) => updateTags(tx, object, tags));
    return versionMember(target.bucket, object);
  },
});
