import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { doerOf, isHeard, noteChange } from "./changes.js";
import { checkWrite } from "./conditions.js";
import { errors } from "./errors.js";
import { subjectOf } from "./object.js";
import { isLocked, lockedObject } from "./object-lock.js";
import {
  type Bucket,
  deleteCurrent,
  findVersion,
  NULL_VERSION,
  placeMarker,
  removeVersion,
  type Versioning,
} from "./store/index.js";
import { newVersionId } from "./versioning.js";

/** What a deletion is about; `bypasses`: who asked may go past governance. */
export interface DeletionRequest {
  readonly bucket: Bucket;
  readonly key: string;
  readonly asked: string | undefined;
  readonly bypasses?: boolean;
}

/** What a deletion did. */
export interface Deletion {
  readonly freed: readonly string[];
  /** The version that was removed, or the delete marker that was placed; undefined without versioning. */
  readonly versionId: string | undefined;
  /** A marker was placed, or the removed version was one. */
  readonly marker: boolean;
}

/** The condition of a deletion, which is about the current object whatever version it names. */
export async function checkDelete(tx: ReadTx, bucket: Bucket, key: string, ifMatch: string | undefined): Promise<void> {
  if (ifMatch === undefined) return;
  const { object, marker } = await findVersion(tx, bucket.id, key, undefined);
  if (ifMatch !== "*") return checkWrite({ ifMatch }, key, subjectOf(object));
  if (object === undefined) throw marker ? errors.preconditionFailed("If-Match") : errors.noSuchKey(key);
}

/**
 * Deletes inside of a transaction: a named version for good; without a name the object where versioning was never on,
 * else nothing: a delete marker hides it. Throws AccessDenied for a locked version.
 */
export async function deleteVersion(
  ctx: RequestContext,
  tx: WriteTx,
  which: DeletionRequest,
  versioning: Versioning,
): Promise<Deletion> {
  const { bucket, key, asked } = which;
  const found = isHeard(bucket) ? await findVersion(tx, bucket.id, key, asked) : undefined;
  const done = await remove(ctx, tx, which, versioning);
  if (done.marker && asked === undefined) {
    const change = { event: "ObjectRemoved:DeleteMarkerCreated", key, versionId: done.versionId ?? NULL_VERSION };
    await noteChange(tx, doerOf(ctx), bucket, change);
  } else if (found?.object !== undefined || found?.marker !== undefined) {
    const change = { event: "ObjectRemoved:Delete", key, versionId: done.versionId ?? NULL_VERSION };
    await noteChange(tx, doerOf(ctx), bucket, change);
  }
  return done;
}

async function remove(
  ctx: RequestContext,
  tx: WriteTx,
  which: DeletionRequest,
  versioning: Versioning,
): Promise<Deletion> {
  const { bucket, key, asked } = which;
  if (asked !== undefined) {
    const { object } = await findVersion(tx, bucket.id, key, asked);
    if (isLocked(object?.lock, ctx.clock.nowMs(), which.bypasses)) throw lockedObject();
    const { freed, wasMarker } = await removeVersion(tx, bucket.id, key, asked);
    return { freed, versionId: versioning && asked, marker: wasMarker };
  }
  if (versioning === undefined) {
    return { freed: await deleteCurrent(tx, bucket.id, key), versionId: undefined, marker: false };
  }
  const versionId = versioning === "Enabled" ? newVersionId(ctx) : NULL_VERSION;
  const marker = { bucketId: bucket.id, key, versionId, modifiedMs: ctx.clock.nowMs() };
  return { freed: await placeMarker(tx, marker, versioning), versionId, marker: true };
}
