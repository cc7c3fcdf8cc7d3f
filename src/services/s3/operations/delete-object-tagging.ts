import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { findObject, getTagged, readChecks } from "../object.js";
import { operation } from "../ports.js";
import { updateTags } from "../store/index.js";
import { versionMember } from "../versioning.js";

export const deleteObjectTagging = operation("DeleteObjectTagging", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, _input, target, ports) => readChecks(ctx, ports, target, "DeleteObjectTagging"),
  run: async (ctx, _input, { target }, ports) => {
    const object = getTagged(target, "DELETE");
    const doer = doerOf(ctx);
    await ctx.commit(ports.database, async (tx) => {
      await updateTags(tx, object, []);
      await noteChange(tx, doer, target.bucket, { event: "ObjectTagging:Delete", ...object });
    });
    return versionMember(target.bucket, object);
  },
});
