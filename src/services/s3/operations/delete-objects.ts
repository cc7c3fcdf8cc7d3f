import { authorize, type Check, Denied } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { s3Denied } from "../denied.js";
import { errors } from "../errors.js";
import { removeBlobs } from "../object.js";
import { onBucket } from "../on-bucket.js";
import { existingTagValues, headerValues, objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { deleteObject, selectObject } from "../store/index.js";

const MOST_KEYS = 1000;

interface Failure {
  readonly Key: string;
  readonly VersionId?: string;
  readonly Code: string;
  readonly Message: string;
}

export const deleteObjects = operation("DeleteObjects", {
  ...onBucket("DeleteObject"),
  category: "Data",
  // Each key is authorized by itself in `run`: a key that may not be deleted fails alone.
  checks: () => [],
  run: async (ctx, input, { target: bucket }, ports) => {
    const named = (input.Delete.Objects ?? []).map(({ Key = "", VersionId }) => ({ Key, VersionId }));
    if (named.length === 0 || named.length > MOST_KEYS) throw errors.malformedXml();
    const failures: Failure[] = [];
    const allowed: typeof named = [];
    for (const one of named) {
      const object = await ports.database.read((tx) => selectObject(tx, bucket.id, one.Key));
      const action = one.VersionId === undefined ? "DeleteObject" : "DeleteObjectVersion";
      const values = headerValues(ctx, existingTagValues(object?.tags ?? []));
      const failure =
        refusalOf(ctx, objectCheck(ports, bucket, one.Key, action, values)) ?? unknownVersion(one.VersionId);
      if (failure) failures.push({ Key: one.Key, ...(one.VersionId ? { VersionId: one.VersionId } : {}), ...failure });
      else allowed.push(one);
    }
    const freed = await ctx.commit(ports.database, async (tx) => {
      const blobs: string[] = [];
      for (const { Key } of allowed) blobs.push(...(await deleteObject(tx, bucket.id, Key)));
      return blobs;
    });
    await removeBlobs(ports, freed);
    const deleted = allowed.map(({ Key, VersionId }) => ({ Key, ...(VersionId ? { VersionId } : {}) }));
    return {
      ...(input.Delete.Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(failures.length > 0 ? { Errors: failures } : {}),
    };
  },
});

function refusalOf(ctx: RequestContext, check: Check): { Code: string; Message: string } | undefined {
  try {
    authorize(ctx, undefined, [check]);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Denied)) throw thrown;
    const { code, message } = s3Denied(thrown);
    return { Code: code, Message: message };
  }
}

const unknownVersion = (versionId: string | undefined) =>
  versionId === undefined || versionId === "null"
    ? undefined
    : { Code: "NoSuchVersion", Message: "The specified version does not exist." };
