import { s3Audit } from "../audit.js";
import { checkDelete, deleteVersion } from "../deletion.js";
import { errors } from "../errors.js";
import { hasMfaDelete, needsRootCode } from "../mfa-delete.js";
import { findObject, removeFreed, targetValues } from "../object.js";
import { deletionCheck } from "../object-acl.js";
import { bypassChecks, bypasses } from "../object-lock.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { versionedAction, versioningNow } from "../versioning.js";

/** Succeeds for a key or a version that is not there. */
export const deleteObject = operation("DeleteObject", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: async (ctx, input, target, ports) => {
    const action = versionedAction("DeleteObject", input.VersionId);
    const check = objectCheck(ports, target.bucket, target.key, action, targetValues(ctx, target));
    return [
      await deletionCheck(ports, target.bucket, target.object, check),
      ...(input.VersionId === undefined ? [] : bypassChecks(ctx, ports, target, input)),
    ];
  },
  run: async (ctx, input, { target }, ports) => {
    const { bucket, key } = target;
    // S3 takes these two for directory buckets only.
    if (input.IfMatchLastModifiedTime !== undefined)
      throw errors.headerNotImplemented("x-amz-if-match-last-modified-time");
    if (input.IfMatchSize !== undefined) throw errors.headerNotImplemented("x-amz-if-match-size");
    if (target.asked !== undefined && hasMfaDelete(bucket)) await needsRootCode(ctx, ports, bucket, input.MFA);
    const { freed, versionId, marker } = await ctx.commit(ports.database, async (tx) => {
      await checkDelete(tx, bucket, key, input.IfMatch);
      const which = { bucket, key, asked: target.asked, bypasses: bypasses(ctx, target, input) };
      return deleteVersion(ctx, tx, which, await versioningNow(tx, bucket));
    });
    await removeFreed(ctx, ports, freed);
    return {
      ...(versionId === undefined ? {} : { VersionId: versionId }),
      ...(marker ? { DeleteMarker: true } : {}),
    };
  },
});
