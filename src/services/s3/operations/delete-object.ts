import { s3Audit } from "../audit.js";
import { checkWrite } from "../conditions.js";
import { errors } from "../errors.js";
import { findObject, removeBlobs, subjectOf } from "../object.js";
import { existingTagValues, headerValues, objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { deleteObject as deleteRow, selectObject } from "../store/index.js";

/** Succeeds for a key that is not there. */
export const deleteObject = operation("DeleteObject", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: (ctx, input, { bucket, key, object }, ports) => {
    const action = input.VersionId === undefined ? "DeleteObject" : "DeleteObjectVersion";
    return [objectCheck(ports, bucket, key, action, headerValues(ctx, existingTagValues(object?.tags ?? [])))];
  },
  run: async (ctx, input, { target: { bucket, key } }, ports) => {
    // S3 takes these two for directory buckets only.
    if (input.IfMatchLastModifiedTime !== undefined)
      throw errors.headerNotImplemented("x-amz-if-match-last-modified-time");
    if (input.IfMatchSize !== undefined) throw errors.headerNotImplemented("x-amz-if-match-size");
    const freed = await ctx.commit(ports.database, async (tx) => {
      if (input.IfMatch !== undefined && input.IfMatch !== "*") {
        checkWrite({ ifMatch: input.IfMatch }, key, subjectOf(await selectObject(tx, bucket.id, key)));
      }
      return deleteRow(tx, bucket.id, key);
    });
    await removeBlobs(ports, freed);
    return {};
  },
});
