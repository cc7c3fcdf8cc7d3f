import { authorize, type Check, Denied } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { type Deletion, deleteVersion } from "../deletion.js";
import { s3Denied } from "../denied.js";
import { errors } from "../errors.js";
import { removeBlobs, targetValues } from "../object.js";
import { deletionCheck } from "../object-acl.js";
import { onBucket } from "../on-bucket.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { type Bucket, findVersion, NULL_VERSION } from "../store/index.js";
import { isVersionId, versionedAction, versioningNow, versioningOf } from "../versioning.js";

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
      const { object } = await ports.database.read((tx) => findVersion(tx, bucket.id, one.Key, one.VersionId));
      const action = versionedAction("DeleteObject", one.VersionId);
      const values = targetValues(ctx, { object, asked: one.VersionId });
      const check = await deletionCheck(ports, bucket, object, objectCheck(ports, bucket, one.Key, action, values));
      const failure = refusalOf(ctx, check) ?? unknownVersion(bucket, one.VersionId);
      if (failure) failures.push({ Key: one.Key, ...(one.VersionId ? { VersionId: one.VersionId } : {}), ...failure });
      else allowed.push(one);
    }
    const deletions = await ctx.commit(ports.database, async (tx) => {
      const versioning = await versioningNow(tx, bucket);
      const done: Deletion[] = [];
      for (const { Key, VersionId } of allowed) {
        done.push(await deleteVersion(ctx, tx, { bucket, key: Key, asked: VersionId }, versioning));
      }
      return done;
    });
    await removeBlobs(
      ports,
      deletions.flatMap((one) => one.freed),
    );
    const deleted = allowed.map((one, at) => deletedMember(one, deletions[at]));
    return {
      ...(input.Delete.Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(failures.length > 0 ? { Errors: failures } : {}),
    };
  },
});

interface NamedObject {
  readonly Key: string;
  readonly VersionId: string | undefined;
}

function deletedMember({ Key, VersionId }: NamedObject, done: Deletion | undefined) {
  const marker = done?.marker ? { DeleteMarker: true, DeleteMarkerVersionId: done.versionId } : {};
  return { Key, ...(VersionId ? { VersionId } : {}), ...marker };
}

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

const unknownVersion = (bucket: Bucket, versionId: string | undefined) =>
  versionId === undefined ||
  versionId === NULL_VERSION ||
  (versioningOf(bucket) !== undefined && isVersionId(versionId))
    ? undefined
    : { Code: "NoSuchVersion", Message: "The specified version does not exist." };
