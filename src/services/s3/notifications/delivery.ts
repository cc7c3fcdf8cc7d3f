import { DAY_MS, LIMITS, MINUTE_MS, SECOND_MS } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import type { S3Ports } from "../ports.js";
import {
  countRefusal,
  deleteEventsThrough,
  dropOldest,
  eventsFor,
  nextDestination,
  type QueuedEvent,
} from "../store/index.js";

const EVERY_MS = SECOND_MS;
/** What is told between two commits: a crash tells at most so many twice. */
const PAGE = 50;
/** One destination does not hold up the others for longer than this many pages. */
const PAGES_A_RUN = 20;
const MOST_REFUSALS = 10;
const KEPT_MS = DAY_MS;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;

interface Pause {
  readonly ms: number;
  readonly untilMs: number;
}

/**
 * Tells what waits, in order, to each destination by itself: at least once, and for a day. A destination that fails is
 * asked again after a second, then two, four, to five minutes; a message that it refuses ten times is given up.
 */
export function eventWorker(ports: S3Ports): Worker {
  const pauses = new Map<string, Pause>();
  return {
    name: "s3.events",
    everyMs: EVERY_MS,
    run: async (now) => {
      const waiting = await destinationsWaiting(ports);
      if (waiting.length === 0) return;
      await boundQueue(ports);
      const due = waiting.filter((arn) => (pauses.get(arn)?.untilMs ?? 0) <= now.getTime());
      await Promise.all(due.map((arn) => tell(ports, pauses, arn, now)));
    },
  };
}

async function destinationsWaiting({ database }: S3Ports): Promise<string[]> {
  const found: string[] = [];
  for (let after = ""; found.length < LIMITS.s3EventDestinations; after = found.at(-1) ?? "") {
    const next = await database.read((tx) => nextDestination(tx, after));
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}

async function boundQueue({ database, log }: S3Ports): Promise<void> {
  const lost = await database.write((tx) => dropOldest(tx, LIMITS.s3EventsWaiting));
  if (lost > 0) log.error("s3.events-lost", { events: lost, why: "too many waited" });
}

async function tell(ports: S3Ports, pauses: Map<string, Pause>, arn: string, now: Date): Promise<void> {
  for (let page = 0; page < PAGES_A_RUN; page += 1) {
    const events = await ports.database.read((tx) => eventsFor(tx, arn, PAGE));
    if (events.length === 0) return void pauses.delete(arn);
    if (!(await tellPage(ports, events, now))) return pause(pauses, arn, now);
  }
}

function pause(pauses: Map<string, Pause>, arn: string, now: Date): void {
  const ms = Math.min(2 * (pauses.get(arn)?.ms ?? EVERY_MS / 2), LONGEST_PAUSE_MS);
  pauses.set(arn, { ms, untilMs: now.getTime() + ms });
}

/** False when the destination should be left alone for a while. */
async function tellPage(ports: S3Ports, events: readonly QueuedEvent[], now: Date): Promise<boolean> {
  let done: QueuedEvent | undefined;
  let goesOn = true;
  for (const event of events) {
    goesOn = await tellOne(ports, event, now);
    if (!goesOn) break;
    done = event;
  }
  if (done !== undefined) {
    const { destination, id } = done;
    await ports.database.write((tx) => deleteEventsThrough(tx, destination, id));
  }
  return goesOn;
}

/** True when nothing more is to be done for this message, be it told or given up. */
async function tellOne(ports: S3Ports, event: QueuedEvent, now: Date): Promise<boolean> {
  const sent = await ports.destinations.send(event.destination, event.body);
  if (sent === "taken") return true;
  const refusals = sent === "refused" ? await ports.database.write((tx) => countRefusal(tx, event.id)) : 0;
  const isOver = refusals >= MOST_REFUSALS || now.getTime() - event.createdMs >= KEPT_MS;
  if (isOver) ports.log.error("s3.event-lost", { destination: event.destination, why: sent });
  return isOver;
}
