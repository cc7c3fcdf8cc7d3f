import { LIMITS, MINUTE_MS } from "../../../base/index.js";
import type { Authorized } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { taskAudit } from "../audit.js";
import { errors } from "../errors.js";
import { findObject, getTagged, type ObjectInput, type ObjectTarget, readChecks, targetValues } from "../object.js";
import { objectCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import { isReadable } from "../storage-class.js";
import {
  annotationReplicationsOf,
  insertAnnotationReplications,
  insertReplication,
  type Replication,
  type ReplicationTask,
  replicationsOf,
  type StoredObject,
  selectAnnotations,
  setReplicationStatus,
} from "../store/index.js";
import { Actors } from "./actors.js";
import { REPLICATION } from "./configuration.js";
import { tasksOfMarker, tasksOfObject } from "./queue.js";
import { bring, bringAnnotation } from "./worker.js";

const ACTION = "InitiateReplication";
/** For so long it is brought from here; after a crash the worker takes it from the queue. */
const OURS_MS = 10 * MINUTE_MS;
const PAGE = 100;

/**
 * Brings a version that is there already to where the bucket's rules send such ones now: what a batch job does for each of
 * its tasks. It is no operation that a client could call; it is done when every replica is there, and its annotations.
 */
export function initiateOperation(ports: S3Ports): AnyOperation {
  const actors = new Actors(ports);
  return {
    name: ACTION,
    readOnly: false,
    category: "Data",
    target: (ctx, input) => findObject(ctx, ports, input as ObjectInput), // a batch job alone asks for it
    checks: (ctx, _input, target) => checksOf(ctx, ports, target as ObjectTarget), // what `target` found
    run: async (ctx, _input, ok: Authorized<unknown>) => {
      const target = ok.target as ObjectTarget; // likewise
      const failures: unknown[] = [];
      const note = (thrown: unknown) => (thrown === undefined ? undefined : failures.push(thrown));
      const queued = await queueExisting(ctx, ports, target);
      for (const one of queued) note(await bring(ports, actors, one, ctx.clock.now()));
      for await (const one of annotationsOf(ports, queued[0]))
        note(await bringAnnotation(ports, actors, one, ctx.clock.now()));
      if (failures.length > 0) throw failures[0];
      return {};
    },
    ...taskAudit,
  };
}

/** A delete marker is there as an object is. */
const checksOf = (ctx: RequestContext, ports: S3Ports, target: ObjectTarget) =>
  target.marker === undefined
    ? readChecks(ctx, ports, target, ACTION)
    : [objectCheck(ports, target.bucket, target.key, ACTION, targetValues(ctx, target))];

function queueExisting(ctx: RequestContext, ports: S3Ports, target: ObjectTarget): Promise<Replication[]> {
  const { bucket, key, marker } = target;
  if (!bucket.settings.has(REPLICATION))
    throw errors.replicationRefused(
      "SrcBucketReplicationConfigMissing",
      "The source bucket has no replication configuration.",
    );
  const { versionId } = marker ?? getTagged(target, "POST");
  const tasks = eligibleTasks(ctx, target);
  if (tasks.length === 0)
    throw errors.replicationRefused("SrcObjectNotEligible", "No rule of the source bucket replicates the object.");
  const version = { bucketId: bucket.id, key, versionId, isMarker: marker !== undefined };
  return ctx.commit(ports.database, async (tx) => {
    if (target.object) await queueAnnotations(tx, target.object, tasks, ctx.clock.nowMs());
    return queueOnce(tx, version, tasks, ctx.clock.nowMs());
  });
}

/** No one of them is a task of the job's: its object's fails with it. */
async function queueAnnotations(tx: WriteTx, object: StoredObject, tasks: readonly ReplicationTask[], nowMs: number) {
  const all = { prefix: "", after: "", limit: LIMITS.s3Annotations };
  for (const annotation of await selectAnnotations(tx, object.bodyId, all))
    await insertAnnotationReplications(tx, object, annotation, tasks, nowMs, nowMs + OURS_MS);
}

async function* annotationsOf({ database }: S3Ports, version: Version | undefined) {
  for (let after = 0; version !== undefined; ) {
    const page = await database.read((tx) => annotationReplicationsOf(tx, version, after, PAGE));
    yield* page;
    after = page.at(-1)?.id ?? after;
    if (page.length < PAGE) return;
  }
}

function eligibleTasks(ctx: RequestContext, { bucket, key, object, marker }: ObjectTarget): ReplicationTask[] {
  if (marker) return tasksOfMarker(bucket, key);
  return object && isReadable(object, ctx.clock.nowMs()) ? tasksOfObject(bucket, key, object) : [];
}

type Version = Pick<Replication, "bucketId" | "key" | "versionId" | "isMarker">;

/** What waits for a destination already is brought there, and not queued twice. */
async function queueOnce(tx: WriteTx, version: Version, tasks: readonly ReplicationTask[], nowMs: number) {
  const waiting = new Set((await replicationsOf(tx, version)).map(({ task }) => task.destination));
  for (const task of tasks.filter(({ destination }) => !waiting.has(destination)))
    await insertReplication(tx, { ...version, task, createdMs: nowMs }, nowMs + OURS_MS);
  if (!version.isMarker) await setReplicationStatus(tx, version.bucketId, version.key, version.versionId, "PENDING");
  const wanted = new Set(tasks.map(({ destination }) => destination));
  return (await replicationsOf(tx, version)).filter(({ task }) => wanted.has(task.destination));
}
