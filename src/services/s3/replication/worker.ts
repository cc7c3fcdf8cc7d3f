import { DAY_MS, describeThrown, isAwsError, isServerFault, MINUTE_MS, SECOND_MS } from "../../../base/index.js";
import type { AnyOperation, Worker } from "../../../kit/index.js";
import type { ReadTx } from "../../../store/index.js";
import { noteEvents } from "../changes.js";
import { S3_ITSELF } from "../deliveries.js";
import { errors } from "../errors.js";
import type { S3Ports } from "../ports.js";
import {
  type AnnotationReplication,
  annotationReplicationsDue,
  type Bucket,
  dropAnnotationReplication,
  endAnnotationReplication,
  endReplication,
  findVersion,
  postponeAnnotationReplication,
  postponeReplication,
  type Replication,
  type ReplicationTask,
  replicationsDue,
  replicationsOf,
  selectAnnotation,
  selectBucketById,
} from "../store/index.js";
import { Actors } from "./actors.js";
import { replicateOperation } from "./replicate.js";
import { replicateAnnotationOperation } from "./replicate-annotation.js";

const PAGE = 50;
/** One run does not hold up the other work between requests for longer than this many pages. */
const PAGES_A_RUN = 20;
const KEPT_MS = DAY_MS;
const LONGEST_PAUSE_MS = 10 * MINUTE_MS;

/**
 * Brings versions to their destinations, in the order in which they were made, and then annotations. What is refused has FAILED;
 * what breaks otherwise is tried for a day. The replica and the source's status are one commit: a crash repeats nothing.
 */
export const replicationWorker = (ports: S3Ports): Worker => ({
  name: "s3.replication",
  everyMs: SECOND_MS,
  run: async (now) => {
    const actors = new Actors(ports);
    await inPages(ports, now, replicationsDue, (one) => bring(ports, actors, one, now));
    await inPages(ports, now, annotationReplicationsDue, (one) => bringAnnotation(ports, actors, one, now));
  },
});

async function inPages<One extends { readonly id: number }>(
  { database }: S3Ports,
  now: Date,
  due: (tx: ReadTx, after: number, nowMs: number, limit: number) => Promise<One[]>,
  each: (one: One) => Promise<unknown>,
): Promise<void> {
  for (let after = 0, page = 0; page < PAGES_A_RUN; page += 1) {
    const found = await database.read((tx) => due(tx, after, now.getTime(), PAGE));
    for (const one of found) await each(one);
    after = found.at(-1)?.id ?? after;
    if (found.length < PAGE) return;
  }
}

/** Gives what kept it from coming there; nothing, when it is there. What was refused has FAILED then, the rest is tried again. */
export async function bring(ports: S3Ports, actors: Actors, one: Replication, now: Date): Promise<unknown> {
  const source = await ports.database.read((tx) => selectBucketById(tx, one.bucketId));
  try {
    await perform(ports, actors, source, one, replicateOperation(ports));
    return undefined;
  } catch (thrown) {
    if (isOver(ports, one, thrown, now)) await end(ports, source, one, now);
    else await ports.database.write((tx) => postponeReplication(tx, one.id, nextMs(one, now)));
    return thrown;
  }
}

/** As `bring`; it waits for its version's replica, and nobody asks for one that is gone, or has another text by now. */
export async function bringAnnotation(
  ports: S3Ports,
  actors: Actors,
  one: AnnotationReplication,
  now: Date,
): Promise<unknown> {
  const { database } = ports;
  const { source, isThere, isEarly } = await database.read(async (tx) => {
    const { object } = await findVersion(tx, one.bucketId, one.key, one.versionId);
    const annotation = object && (await selectAnnotation(tx, object.bodyId, one.name));
    const waiting = await replicationsOf(tx, one);
    return {
      source: await selectBucketById(tx, one.bucketId),
      isThere: annotation?.bodyId === one.bodyId,
      isEarly: waiting.some(({ task }) => task.destination === one.task.destination),
    };
  });
  if (!isThere) {
    await database.write((tx) => dropAnnotationReplication(tx, one.id));
    return undefined;
  }
  try {
    if (isEarly) throw errors.slowDown();
    await perform(ports, actors, source, one, replicateAnnotationOperation(ports));
    return undefined;
  } catch (thrown) {
    const isEnd = !isEarly && isOver(ports, one, thrown, now);
    await database.write((tx) =>
      isEnd ? endAnnotationReplication(tx, one, "FAILED") : postponeAnnotationReplication(tx, one.id, nextMs(one, now)),
    );
    return thrown;
  }
}

interface Queued {
  readonly task: ReplicationTask;
  readonly createdMs: number;
  readonly attempts: number;
}

async function perform(
  ports: S3Ports,
  actors: Actors,
  source: Bucket | undefined,
  one: Queued,
  operation: AnyOperation,
): Promise<void> {
  if (source === undefined) throw errors.noSuchBucket("");
  const actor = await actors.of(one.task.role, source);
  await ports.inner.perform(actor, S3_ITSELF, operation, one);
}

function isOver(ports: S3Ports, { task, createdMs }: Queued, thrown: unknown, now: Date): boolean {
  ports.log.warn("s3.replication", { rule: task.ruleId, to: task.destination, ...describeThrown(thrown) });
  const isRefused = isAwsError(thrown) && !isServerFault(thrown);
  return isRefused || now.getTime() - createdMs >= KEPT_MS;
}

const nextMs = ({ attempts }: Queued, now: Date): number =>
  now.getTime() + Math.min(SECOND_MS * 2 ** attempts, LONGEST_PAUSE_MS);

/** It failed. A version that is gone meanwhile has no status to tell, and nobody is told of it. */
async function end({ database, ids }: S3Ports, source: Bucket | undefined, one: Replication, now: Date): Promise<void> {
  const doer = {
    principalId: "s3.amazonaws.com",
    account: source?.account ?? "",
    sourceIp: "s3.amazonaws.com",
    requestId: ids.uuid(),
    eventId: ids.uuid(),
    timeMs: now.getTime(),
  };
  await database.write(async (tx) => {
    await endReplication(tx, one, "FAILED");
    const { object } = await findVersion(tx, one.bucketId, one.key, one.versionId);
    if (source && object)
      await noteEvents(tx, doer, source, { event: "Replication:OperationFailedReplication", ...object });
  });
}
