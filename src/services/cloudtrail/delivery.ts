import { DAY_MS, describeThrown, isAwsError } from "../../base/index.js";
import type { Worker } from "../../kit/index.js";
import { actorOf } from "./destination.js";
import type { CloudTrailPorts } from "./operation.js";
import { beginChain, planDigests } from "./plan-digest.js";
import { planLogs } from "./plan-logs.js";
import {
  allTrails,
  chainsOf,
  type Delivery,
  findTrail,
  keepForDigest,
  pendingAfter,
  putTrail,
  removeDelivery,
} from "./store.js";
import type { DeliveryStatus, Trail } from "./trail.js";

/** What cannot be delivered is kept for so long, as its key or bucket may come back; then it is lost, and logged so. */
const KEPT_MS = DAY_MS;
/** Bodies held in memory together. */
const AT_ONCE = 4;

/** Files are planned, then written, then digested. Killed at any line, the next run goes on from what is committed. */
export const deliveryWorker = (ports: CloudTrailPorts): Worker => ({
  name: "cloudtrail.delivery",
  get everyMs() {
    return Math.min(ports.settings.deliverySeconds, ports.settings.digestSeconds) * 1000;
  },
  run: (now) => deliver(ports, now),
});

export async function deliver(ports: CloudTrailPorts, now: Date): Promise<void> {
  await planLogs(ports, now);
  await writePending(ports, now);
  for (const trail of await ports.database.read(allTrails)) await planDigests(ports, trail, now);
  await writePending(ports, now);
}

async function writePending(ports: CloudTrailPorts, now: Date): Promise<void> {
  const trails = new Map((await ports.database.read(allTrails)).map((trail) => [trail.id, trail]));
  const failed = new Set<string>();
  for (let after = 0; ; ) {
    const page = await ports.database.read((tx) => pendingAfter(tx, after, AT_ONCE));
    for (const delivery of page) {
      const trail = trails.get(delivery.trailId);
      if (trail === undefined) await ports.database.write((tx) => removeDelivery(tx, delivery.id));
      // A bucket that refuses one file refuses the next: they wait for the next run.
      else if (!failed.has(trail.id) && !(await write(ports, trail, delivery, now))) failed.add(trail.id);
      if (failed.has(delivery.trailId)) await forgetOld(ports, delivery, now);
    }
    after = page.at(-1)?.id ?? after;
    if (page.length < AT_ONCE) return;
  }
}

async function write(ports: CloudTrailPorts, trail: Trail, delivery: Delivery, now: Date): Promise<boolean> {
  const { plan, body } = delivery;
  if (body === undefined) return true;
  try {
    await ports.buckets.put(actorOf(trail), { ...plan, body });
  } catch (thrown) {
    ports.log.warn("cloudtrail.delivery", { trail: trail.name, ...describeThrown(thrown) });
    await note(ports, trail, statusOf(delivery, now, isAwsError(thrown) ? thrown.code : "InternalError"));
    return false;
  }
  await joinChain(ports, trail, delivery, now);
  await note(ports, trail, statusOf(delivery, now), delivery);
  return true;
}

/** The first file of a Region begins that Region's digests. */
async function joinChain(ports: CloudTrailPorts, trail: Trail, { kind, region }: Delivery, now: Date): Promise<void> {
  if (kind !== "log" || !trail.validates) return;
  const chains = await ports.database.read((tx) => chainsOf(tx, trail.id));
  if (!chains.some((chain) => chain.region === region)) await beginChain(ports, trail, region, now);
}

function statusOf({ kind }: Delivery, now: Date, error?: string): DeliveryStatus {
  const nowMs = now.getTime();
  if (kind === "digest") return error === undefined ? { digestMs: nowMs, digestError: "" } : { digestError: error };
  return error === undefined ? { attemptMs: nowMs, deliveredMs: nowMs, error: "" } : { attemptMs: nowMs, error };
}

/** Keeps what became of an attempt and, with it, that the object is written. */
const note = (ports: CloudTrailPorts, trail: Trail, status: DeliveryStatus, written?: Delivery): Promise<void> =>
  ports.database.write(async (tx) => {
    const current = await findTrail(tx, trail);
    if (current?.id === trail.id) await putTrail(tx, { ...current, status: { ...current.status, ...status } });
    if (written === undefined) return;
    if (written.kind === "log" && current?.validates === true) await keepForDigest(tx, written.id);
    else await removeDelivery(tx, written.id);
  });

async function forgetOld(ports: CloudTrailPorts, { id, plannedMs, plan }: Delivery, now: Date): Promise<void> {
  if (now.getTime() - plannedMs < KEPT_MS) return;
  ports.log.error("cloudtrail.lost", { bucket: plan.bucket, key: plan.key });
  await ports.database.write((tx) => removeDelivery(tx, id));
}
