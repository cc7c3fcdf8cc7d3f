import { isAwsError } from "../../../base/index.js";
import { authorize, type Check, Denied } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { checkDelete, type Deletion, deleteVersion } from "../deletion.js";
import { s3Denied } from "../denied.js";
import { errors } from "../errors.js";
import { hasMfaDelete, needsRootCode } from "../mfa-delete.js";
import { removeFreed, targetValues } from "../object.js";
import { deletionCheck } from "../object-acl.js";
import { bypassChecks, bypasses } from "../object-lock.js";
import { onBucket } from "../on-bucket.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { type Bucket, findVersion, NULL_VERSION, type Versioning } from "../store/index.js";
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
    const named = (input.Delete.Objects ?? []).map(({ Key = "", VersionId, ETag, LastModifiedTime, Size }) => {
      // S3 takes these two for directory buckets only; what asks for a condition is never deleted without it.
      if (LastModifiedTime !== undefined) throw errors.headerNotImplemented("x-amz-if-match-last-modified-time");
      if (Size !== undefined) throw errors.headerNotImplemented("x-amz-if-match-size");
      return { Key, VersionId, ETag };
    });
    if (named.length === 0 || named.length > MOST_KEYS) throw errors.malformedXml();
    // One code for the whole request, which fails as a whole without it; a code that is brought must be good.
    const asksForCode = input.MFA !== undefined || named.some(({ VersionId }) => VersionId !== undefined);
    if (asksForCode && hasMfaDelete(bucket)) await needsRootCode(ctx, ports, bucket, input.MFA);
    const failures: Failure[] = [];
    const allowed: (NamedObject & { readonly bypasses: boolean })[] = [];
    for (const one of named) {
      const { object } = await ports.database.read((tx) => findVersion(tx, bucket.id, one.Key, one.VersionId));
      const action = versionedAction("DeleteObject", one.VersionId);
      const values = targetValues(ctx, { object, asked: one.VersionId }, { "s3:if-match": one.ETag });
      const check = await deletionCheck(ports, bucket, object, objectCheck(ports, bucket, one.Key, action, values));
      const target = { bucket, key: one.Key, object: one.VersionId === undefined ? undefined : object };
      const failure =
        refusalOf(ctx, [check, ...bypassChecks(ctx, ports, target, input)]) ?? unknownVersion(bucket, one.VersionId);
      if (failure) failures.push(failureOf(one, failure));
      else allowed.push({ ...one, bypasses: bypasses(ctx, target, input) });
    }
    const outcomes = await ctx.commit(ports.database, async (tx) => {
      const versioning = await versioningNow(tx, bucket);
      const done: Outcome[] = [];
      for (const one of allowed) done.push(await outcomeOf(ctx, tx, bucket, one, versioning));
      return done;
    });
    await removeFreed(
      ctx,
      ports,
      outcomes.flatMap(({ deletion }) => deletion?.freed ?? []),
    );
    for (const { named: one, failure } of outcomes) if (failure) failures.push(failureOf(one, failure));
    const deleted = outcomes.flatMap(({ named: one, deletion }) => (deletion ? [deletedMember(one, deletion)] : []));
    return {
      ...(input.Delete.Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(failures.length > 0 ? { Errors: failures } : {}),
    };
  },
});

interface NamedObject {
  readonly Key: string;
  readonly VersionId: string | undefined;
  readonly ETag: string | undefined;
}

interface Outcome {
  readonly named: NamedObject;
  readonly deletion?: Deletion;
  readonly failure?: Reason;
}

type Reason = Pick<Failure, "Code" | "Message">;

/** Of one key: what throws them has written nothing yet. */
const FAILS_ALONE = new Set(["AccessDenied", "NoSuchKey", "PreconditionFailed"]);

/** A key that is locked, or is not the object that its ETag says, fails alone. */
async function outcomeOf(
  ctx: RequestContext,
  tx: WriteTx,
  bucket: Bucket,
  named: NamedObject & { readonly bypasses: boolean },
  versioning: Versioning,
): Promise<Outcome> {
  const which = { bucket, key: named.Key, asked: named.VersionId, bypasses: named.bypasses };
  try {
    await checkDelete(tx, bucket, named.Key, named.ETag);
    return { named, deletion: await deleteVersion(ctx, tx, which, versioning) };
  } catch (thrown) {
    if (!isAwsError(thrown) || !FAILS_ALONE.has(thrown.code)) throw thrown;
    return { named, failure: { Code: thrown.code, Message: thrown.message } };
  }
}

const failureOf = ({ Key, VersionId }: NamedObject, reason: Reason): Failure => ({
  Key,
  ...(VersionId ? { VersionId } : {}),
  ...reason,
});

function deletedMember({ Key, VersionId }: NamedObject, done: Deletion) {
  const marker = done.marker ? { DeleteMarker: true, DeleteMarkerVersionId: done.versionId } : {};
  return { Key, ...(VersionId ? { VersionId } : {}), ...marker };
}

function refusalOf(ctx: RequestContext, checks: readonly Check[]): Reason | undefined {
  try {
    authorize(ctx, undefined, checks);
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
