import type { RequestContext } from "../../kit/index.js";
import type { WriteTx } from "../../store/index.js";
import { NOTIFICATIONS, notificationRules } from "./notifications/configuration.js";
import { type Doer, eventMessage, isForBus, type ObjectChange } from "./notifications/event-record.js";
import { covers } from "./notifications/event-types.js";
import { queueReplication } from "./replication/queue.js";
import { type Bucket, insertEvent, takeSequence } from "./store/index.js";

export type { Doer, ObjectChange } from "./notifications/event-record.js";

/**
 * What must happen whenever an object changes: called in the very transaction that changes it. Costs nothing where a
 * bucket has neither rules for events nor for replicas.
 */
export async function noteChange(tx: WriteTx, doer: Doer, bucket: Bucket, change: ObjectChange): Promise<void> {
  await queueReplication(tx, doer, bucket, change);
  await noteEvents(tx, doer, bucket, change);
}

/**
 * Queues what the bucket's rules tell of the change: none is told of what was not kept, and none forgotten of what
 * was.
 */
export async function noteEvents(tx: WriteTx, doer: Doer, bucket: Bucket, change: ObjectChange): Promise<void> {
  const matching = notificationRules(bucket).filter((rule) =>
    rule.kind === "EventBus"
      ? isForBus(change.event)
      : rule.events.some((type) => covers(type, `s3:${change.event}`)) &&
        change.key.startsWith(rule.prefix) &&
        change.key.endsWith(rule.suffix),
  );
  if (matching.length === 0) return;
  const sequence = await takeSequence(tx, matching.length);
  for (const [at, rule] of matching.entries()) {
    await insertEvent(tx, {
      id: sequence + at,
      destination: rule.arn,
      body: eventMessage(bucket, rule, change, doer, sequencer(sequence)),
      createdMs: doer.timeMs,
    });
  }
}

/** Whether anybody wants to know what happens in the bucket. */
export const isHeard = (bucket: Bucket): boolean => bucket.settings.has(NOTIFICATIONS);

/** Rises with each change that is told: of two texts of one length the greater is the later. */
const sequencer = (sequence: number): string => sequence.toString(16).toUpperCase().padStart(18, "0");

export const doerOf = (ctx: RequestContext): Doer => ({
  principalId: ctx.caller.principal.kind === "anonymous" ? "Anonymous" : `AWS:${ctx.caller.userId}`,
  account: ctx.caller.account,
  sourceIp: ctx.sourceIp,
  requestId: ctx.requestId,
  eventId: ctx.ids.uuid(),
  timeMs: ctx.clock.nowMs(),
});
