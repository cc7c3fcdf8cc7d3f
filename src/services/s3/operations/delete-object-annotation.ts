import { bypassInput, checkParent, parentVersionMember, refuseLockedParent } from "../annotations/parent.js";
import { s3Audit } from "../audit.js";
import { doerOf, noteChange } from "../changes.js";
import { errors } from "../errors.js";
import { findObject, getTagged, readChecks, removeBlobs } from "../object.js";
import { bypassChecks, bypasses } from "../object-lock.js";
import { operation } from "../ports.js";
import { deleteAnnotation, findVersion, selectAnnotation } from "../store/index.js";

/** Succeeds for a name that is not there. */
export const deleteObjectAnnotation = operation("DeleteObjectAnnotation", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findObject(ctx, ports, input),
  checks: async (ctx, _input, target, ports) => [
    ...(await readChecks(ctx, ports, target, "DeleteObjectAnnotation")),
    ...bypassChecks(ctx, ports, target, bypassInput(ctx)),
  ],
  run: async (ctx, input, { target }, ports) => {
    const { bucket } = target;
    const object = getTagged(target, "DELETE");
    const name = input.AnnotationName ?? "";
    const bypassed = bypasses(ctx, target, bypassInput(ctx));
    const doer = doerOf(ctx);
    const freed = await ctx.commit(ports.database, async (tx) => {
      const { object: now } = await findVersion(tx, bucket.id, object.key, object.versionId);
      if (now?.bodyId !== object.bodyId) throw errors.noSuchKey(object.key);
      checkParent(now, input.ObjectIfMatch);
      if ((await selectAnnotation(tx, object.bodyId, name)) === undefined) return [];
      refuseLockedParent(ctx, now, bypassed);
      const gone = await deleteAnnotation(tx, object.bodyId, name);
      await noteChange(tx, doer, bucket, { event: "ObjectAnnotation:Delete", ...object });
      return gone;
    });
    await removeBlobs(ports, freed);
    return parentVersionMember(bucket, object);
  },
});
