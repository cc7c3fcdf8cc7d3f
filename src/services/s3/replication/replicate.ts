import type { Authorized, Check } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { getBucketAnywhere } from "../bucket.js";
import { doerOf, noteEvents } from "../changes.js";
import { errors } from "../errors.js";
import { noteObject, removeBlobs } from "../object.js";
import { isLocked, lockedObject } from "../object-lock.js";
import { objectCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  type DeleteMarker,
  endReplication,
  type Found,
  findVersion,
  madeAfter,
  NULL_VERSION,
  placeMarker,
  placeObject,
  placeOlderMarker,
  placeOlderObject,
  type Replication,
  removeVersion,
  replacePiece,
  type StoredObject,
  selectBucketById,
} from "../store/index.js";
import { versioningNow } from "../versioning.js";
import { makeReplica } from "./replica-body.js";

interface Target {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly object: StoredObject | undefined;
  readonly marker: DeleteMarker | undefined;
}

/**
 * Brings one version or delete marker to its destination, as the role. It is no operation that a client could call,
 * and is authorized and recorded as one: as the write that it is.
 */
export const replicateOperation = (ports: S3Ports): AnyOperation => ({
  name: "PutObject",
  readOnly: false,
  category: "Data",
  target: (ctx, input) => findTarget(ctx, ports, input as Replication), // this room alone performs it
  checks: (_ctx, input, target) => checksOf(ports, input as Replication, target as Target), // what `target` found
  run: async (ctx, input, ok: Authorized<unknown>) => {
    await replicate(ctx, ports, input as Replication, ok.target as Target); // likewise
    return {};
  },
  auditRequest: (input) => {
    const { task, key, versionId } = input as Replication; // likewise
    return { bucketName: task.destination, key, "x-amz-version-id": versionId };
  },
  auditResponse: () => null,
});

async function findTarget(ctx: RequestContext, ports: S3Ports, one: Replication): Promise<Target> {
  const { task } = one;
  const account = task.account === undefined ? {} : { ExpectedBucketOwner: task.account };
  const destination = await getBucketAnywhere(ctx, ports, { Bucket: task.destination, ...account });
  const { source, found } = await ports.database.read(async (tx) => ({
    source: await selectBucketById(tx, one.bucketId),
    found: await findVersion(tx, one.bucketId, one.key, one.versionId),
  }));
  if (source === undefined) throw errors.noSuchBucket("");
  if (!one.isMarker && found.object === undefined) throw errors.noSuchVersion(one.key, one.versionId);
  noteObject(ctx, destination, one.key);
  return { source, destination, object: found.object, marker: found.marker };
}

function checksOf(
  ports: S3Ports,
  { task, key, isMarker }: Replication,
  { source, destination, object }: Target,
): Check[] {
  const at = (action: string) => objectCheck(ports, destination, key, action);
  if (isMarker) return [at("ReplicateDelete")];
  return [
    objectCheck(ports, source, key, "GetObjectVersionForReplication"),
    at("ReplicateObject"),
    ...((object?.tags ?? []).length > 0
      ? [objectCheck(ports, source, key, "GetObjectVersionTagging"), at("ReplicateTags")]
      : []),
    ...(task.changesOwner ? [at("ObjectOwnerOverrideToBucketOwner")] : []),
  ];
}

async function replicate(ctx: RequestContext, ports: S3Ports, one: Replication, target: Target): Promise<void> {
  const { destination, object } = target;
  const before = await ports.database.read((tx) => findVersion(tx, destination.id, one.key, one.versionId));
  const replica =
    one.isMarker || object === undefined || isThere(target, before)
      ? undefined
      : await makeReplica(ctx, ports, { ...target, object, task: one.task });
  const doer = doerOf(ctx);
  const freed = await ctx.commit(ports.database, async (tx) => {
    const versioning = await versioningNow(tx, destination);
    if (versioning !== "Enabled") throw errors.invalidRequest("Destination bucket must have versioning enabled.");
    const known = await findVersion(tx, destination.id, one.key, one.versionId);
    const isDone = isThere(target, known);
    const gone = isDone ? [] : await makeWay(ctx, tx, one, known);
    if (!isDone && replica !== undefined) {
      if (!(await isStill(tx, one, object))) throw errors.slowDown();
      const nextMs = await madeAfter(tx, replica.object);
      if (nextMs === undefined) await placeObject(tx, replica.object, versioning);
      else await placeOlderObject(tx, replica.object, nextMs);
      for (const { piece, sealed } of replica.pieces) await replacePiece(tx, piece, sealed);
      await noteEvents(tx, doer, destination, { event: "ObjectCreated:Put", ...replica.object });
    } else if (!isDone) {
      if (!one.isMarker) throw errors.slowDown(); // what was there has gone meanwhile
      const modifiedMs = target.marker?.modifiedMs ?? one.createdMs;
      const marker = { bucketId: destination.id, key: one.key, versionId: one.versionId, modifiedMs };
      const nextMs = await madeAfter(tx, marker);
      if (nextMs === undefined) await placeMarker(tx, marker, versioning);
      else await placeOlderMarker(tx, marker, nextMs);
      await noteEvents(tx, doer, destination, { event: "ObjectRemoved:DeleteMarkerCreated", ...marker });
    }
    await endReplication(tx, one, "COMPLETED");
    return gone;
  });
  await removeBlobs(ports, freed);
}

/** An id of its own is one version's in all buckets; `null` is many versions', of which one is told by its time and ETag. */
function isThere({ object, marker }: Target, known: Found): boolean {
  const there = known.object ?? known.marker;
  if (there === undefined || there.versionId !== NULL_VERSION) return there !== undefined;
  if (object === undefined) return known.marker?.modifiedMs === marker?.modifiedMs;
  return known.object?.modifiedMs === object.modifiedMs && known.object.etag === object.etag;
}

/** A `null` version that was brought before goes when its source has another by now; the destination's own never does. */
async function makeWay(ctx: RequestContext, tx: WriteTx, { key, versionId }: Replication, known: Found) {
  const { object, marker } = known;
  if (object === undefined && marker === undefined) return [];
  if (object?.headers.replication !== "REPLICA")
    throw errors.invalidRequest("The destination has a null version of its own under this key.");
  if (isLocked(object.lock, ctx.clock.nowMs(), false)) throw lockedObject();
  return (await removeVersion(tx, object.bucketId, key, versionId)).freed;
}

/** The `null` version may have been overwritten since it was read; then it is not the one whose replica this is. */
async function isStill(tx: WriteTx, one: Replication, object: StoredObject | undefined): Promise<boolean> {
  if (one.versionId !== NULL_VERSION) return true;
  const { object: now } = await findVersion(tx, one.bucketId, one.key, one.versionId);
  return now?.bodyId === object?.bodyId;
}
