import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { requestTagValues } from "../policy.js";
import { operation } from "../ports.js";
import { updateTags } from "../store/index.js";
import { givenTags, parseTagSet } from "../tagging.js";
import { versionMember } from "../versioning.js";

export const putObjectTagging = operation("PutObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, input, target, ports) =>
    readChecks(ctx, ports, target, "PutObjectTagging", requestTagValues(givenTags(input.Tagging.TagSet))),
  run: async (ctx, input, { target }, ports) => {
    const object = getTagged(target, "PUT");
    const tags = parseTagSet(input.Tagging.TagSet, "object");
    const doer = doerOf(ctx);
    await ctx.commit(ports.database, async (tx) => {
      await updateTags(tx, object, tags);
      await noteChange(tx, doer, target.bucket, { event: "ObjectTagging:Put", ...object });
    });
    return versionMember(target.bucket, object);
  },
});
