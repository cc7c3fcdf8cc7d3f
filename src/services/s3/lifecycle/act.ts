import type { WriteTx } from "../../../store/index.js";
import { type Doer, noteChange } from "../changes.js";
import { isLocked } from "../object-lock.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  type Candidate,
  deleteCurrent,
  deletePieces,
  deleteUpload,
  findVersion,
  isLoneMarker,
  NULL_VERSION,
  newerNoncurrent,
  placeMarker,
  removeVersion,
  type StoredObject,
  type Upload,
  updateVersion,
} from "../store/index.js";
import { newVersionId, versioningNow } from "../versioning.js";
import type { Lifecycle } from "./configuration.js";
import { dueOfCurrent, dueOfNoncurrent, isMarkerDue, type Subject } from "./due.js";

/** One bucket's run. */
export interface Acting {
  readonly ports: S3Ports;
  readonly bucket: Bucket;
  readonly nowMs: number;
  readonly lifecycle: Lifecycle;
  /** The stored text of the rules: they may change between two units. */
  readonly rules: string;
  acts: number;
}

/** Each answers with the blobs that nobody names any more; undefined when nothing was due after all. */
type Freed = Promise<readonly string[] | undefined>;

export async function actOnCurrent(tx: WriteTx, acting: Acting, { key, versionId, bodyId }: Candidate): Freed {
  const { bucket, lifecycle, nowMs } = acting;
  const { object, isLatest } = await findVersion(tx, bucket.id, key, versionId);
  if (!object || !isLatest || object.bodyId !== bodyId) return undefined;
  const due = dueOfCurrent(lifecycle, subjectOf(object), nowMs);
  if (due?.kind === "move") return move(tx, acting, object, due.storageClass);
  return due && expire(tx, acting, object);
}

/** Where versions are kept an expired object is only hidden. */
async function expire(tx: WriteTx, { ports, bucket, nowMs }: Acting, object: StoredObject): Freed {
  const { key } = object;
  const versioning = await versioningNow(tx, bucket);
  if (versioning === undefined) {
    await note(tx, ports, bucket, "LifecycleExpiration:Delete", object);
    return deleteCurrent(tx, bucket.id, key);
  }
  const versionId = versioning === "Enabled" ? newVersionId(ports) : NULL_VERSION;
  const freed = await placeMarker(tx, { bucketId: bucket.id, key, versionId, modifiedMs: nowMs }, versioning);
  await note(tx, ports, bucket, "LifecycleExpiration:DeleteMarkerCreated", { key, versionId });
  return freed;
}

export async function actOnVersion(tx: WriteTx, acting: Acting, candidate: Candidate): Freed {
  const { ports, bucket, lifecycle, nowMs } = acting;
  const { key, versionId, place, noncurrentMs } = candidate;
  const found = await findVersion(tx, bucket.id, key, versionId);
  if (found.marker && noncurrentMs === null) {
    const isDue = isMarkerDue(lifecycle, { key, modifiedMs: found.marker.modifiedMs }, nowMs);
    if (!isDue || !(await isLoneMarker(tx, bucket.id, key))) return undefined;
    return remove(tx, ports, bucket, { key, versionId });
  }
  const isSame = found.marker ? candidate.isMarker : found.object?.bodyId === candidate.bodyId;
  if (!isSame || found.isLatest || noncurrentMs === null) return undefined;
  const subject = found.object ? subjectOf(found.object) : candidate;
  const newer = await newerNoncurrent(tx, bucket.id, key, place);
  const due = dueOfNoncurrent(lifecycle, { ...subject, noncurrentMs, isMarker: candidate.isMarker }, newer, nowMs);
  if (due?.kind === "move" && found.object) return move(tx, acting, found.object, due.storageClass);
  if (due?.kind !== "expire" || isLocked(found.object?.lock, nowMs)) return undefined;
  return remove(tx, ports, bucket, { key, versionId, ...found.object });
}

async function remove(tx: WriteTx, ports: S3Ports, bucket: Bucket, version: Changed): Freed {
  const { freed } = await removeVersion(tx, bucket.id, version.key, version.versionId);
  await note(tx, ports, bucket, "LifecycleExpiration:Delete", version);
  return freed;
}

/** The bytes stay where they are: a class is what they cost and how they are read. */
async function move(tx: WriteTx, { ports, bucket }: Acting, object: StoredObject, storageClass: string): Freed {
  const headers = { ...object.headers, storageClass };
  await updateVersion(tx, object, "headers", JSON.stringify(headers));
  await note(tx, ports, bucket, "LifecycleTransition", object);
  return [];
}

export async function abortUpload(tx: WriteTx, _acting: Acting, { id }: Upload): Freed {
  return (await deleteUpload(tx, id)) ? deletePieces(tx, id) : undefined;
}

const subjectOf = ({ key, bytes, tags, modifiedMs, headers }: StoredObject): Subject => ({
  key,
  bytes,
  tags,
  modifiedMs,
  storageClass: headers.storageClass,
});

type Changed = Pick<StoredObject, "key" | "versionId"> & { readonly bytes?: number; readonly etag?: string };

function note(tx: WriteTx, ports: S3Ports, bucket: Bucket, event: string, changed: Changed): Promise<void> {
  const { key, versionId, bytes, etag } = changed;
  const doer: Doer = {
    principalId: "s3.amazonaws.com",
    account: bucket.account,
    sourceIp: "s3.amazonaws.com",
    requestId: ports.ids.uuid(),
    eventId: ports.ids.uuid(),
    timeMs: ports.clock.nowMs(),
  };
  return noteChange(tx, doer, bucket, { event, key, versionId, bytes, etag });
}
