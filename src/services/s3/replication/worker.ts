import { DAY_MS, describeThrown, isAwsError, isServerFault, MINUTE_MS, SECOND_MS } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import { noteEvents } from "../changes.js";
import { S3_ITSELF } from "../deliveries.js";
import { errors } from "../errors.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  endReplication,
  findVersion,
  postponeReplication,
  type Replication,
  replicationsDue,
  selectBucketById,
} from "../store/index.js";
import { Actors } from "./actors.js";
import { replicateOperation } from "./replicate.js";

const PAGE = 50;
/** One run does not hold up the other work between requests for longer than this many pages. */
const PAGES_A_RUN = 20;
const KEPT_MS = DAY_MS;
const LONGEST_PAUSE_MS = 10 * MINUTE_MS;

/**
 * Brings versions to their destinations, in the order in which they were made. What is refused has FAILED; what breaks
 * otherwise is tried for a day. The replica and the source's status are one commit: a crash repeats nothing.
 */
export const replicationWorker = (ports: S3Ports): Worker => ({
  name: "s3.replication",
  everyMs: SECOND_MS,
  run: async (now) => {
    const actors = new Actors(ports);
    for (let after = 0, page = 0; page < PAGES_A_RUN; page += 1) {
      const due = await ports.database.read((tx) => replicationsDue(tx, after, now.getTime(), PAGE));
      for (const one of due) await bring(ports, actors, one, now);
      after = due.at(-1)?.id ?? after;
      if (due.length < PAGE) return;
    }
  },
});

/** Gives what kept it from coming there; nothing, when it is there. What was refused has FAILED then, the rest is tried again. */
export async function bring(ports: S3Ports, actors: Actors, one: Replication, now: Date): Promise<unknown> {
  const source = await ports.database.read((tx) => selectBucketById(tx, one.bucketId));
  try {
    if (source === undefined) throw errors.noSuchBucket("");
    const actor = await actors.of(one.task.role, source);
    await ports.inner.perform(actor, S3_ITSELF, replicateOperation(ports), one);
    return undefined;
  } catch (thrown) {
    ports.log.warn("s3.replication", { rule: one.task.ruleId, to: one.task.destination, ...describeThrown(thrown) });
    const isRefused = isAwsError(thrown) && !isServerFault(thrown);
    if (isRefused || now.getTime() - one.createdMs >= KEPT_MS) await end(ports, source, one, now);
    else {
      const pauseMs = Math.min(SECOND_MS * 2 ** one.attempts, LONGEST_PAUSE_MS);
      await ports.database.write((tx) => postponeReplication(tx, one.id, now.getTime() + pauseMs));
    }
    return thrown;
  }
}

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
