import type { Authorized, Check } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import { getBucketAnywhere } from "../bucket.js";
import { doerOf, noteEvents } from "../changes.js";
import { errors } from "../errors.js";
import { noteObject } from "../object.js";
import { objectCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  type DeleteMarker,
  endReplication,
  findVersion,
  madeAfter,
  placeMarker,
  placeObject,
  placeOlderMarker,
  placeOlderObject,
  type Replication,
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
  const copying =
    one.isMarker || object === undefined || before.object !== undefined ? undefined : { ...target, object };
  const replica = copying && (await makeReplica(ctx, ports, { ...copying, task: one.task }));
  const doer = doerOf(ctx);
  await ctx.commit(ports.database, async (tx) => {
    const versioning = await versioningNow(tx, destination);
    if (versioning !== "Enabled") throw errors.invalidRequest("Destination bucket must have versioning enabled.");
    const known = await findVersion(tx, destination.id, one.key, one.versionId);
    const isThere = known.object !== undefined || known.marker !== undefined;
    if (!isThere && replica !== undefined) {
      const nextMs = await madeAfter(tx, replica.object);
      if (nextMs === undefined) await placeObject(tx, replica.object, versioning);
      else await placeOlderObject(tx, replica.object, nextMs);
      for (const { piece, sealed } of replica.pieces) await replacePiece(tx, piece, sealed);
      await noteEvents(tx, doer, destination, { event: "ObjectCreated:Put", ...replica.object });
    } else if (!isThere) {
      if (!one.isMarker) throw errors.slowDown(); // what was there has gone meanwhile
      const modifiedMs = target.marker?.modifiedMs ?? one.createdMs;
      const marker = { bucketId: destination.id, key: one.key, versionId: one.versionId, modifiedMs };
      const nextMs = await madeAfter(tx, marker);
      if (nextMs === undefined) await placeMarker(tx, marker, versioning);
      else await placeOlderMarker(tx, marker, nextMs);
      await noteEvents(tx, doer, destination, { event: "ObjectRemoved:DeleteMarkerCreated", ...marker });
    }
    await endReplication(tx, one, "COMPLETED");
  });
}
