import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { TrailPlace, TrailRecord } from "../../audit/index.js";
import { MINUTE_MS } from "../../base/index.js";
import type { WriteTx } from "../../store/index.js";
import { logKey } from "./object-names.js";
import type { CloudTrailPorts } from "./operation.js";
import { isSelected } from "./selectors.js";
import { allTrails, type Delivery, findPlaces, findTrail, putDelivery, putPlaces, putTrail } from "./store.js";
import type { Trail } from "./trail.js";

const compress = promisify(gzip);

/** Records of one plan: busy periods make several files. */
const MOST_RECORDS = 10_000;
/** A call's record bears the time at which it came: one that took long is still told to the trail that logged then. */
const LATEST_RECORD_MS = 15 * MINUTE_MS;
/** Records of these are made for us-east-1 wherever they were called. */
const GLOBAL_SOURCES = new Set(["iam.amazonaws.com", "organizations.amazonaws.com", "sts.amazonaws.com"]);

/**
 * Reads the trail on from where it was left, and decides which objects will be written, with what in them and under
 * which names. These and the new place are one commit: whatever is killed afterwards, each record is in one object.
 */
export async function planLogs(ports: CloudTrailPorts, now: Date): Promise<void> {
  for (;;) {
    const { trails, seen } = await ports.database.read(async (tx) => ({
      trails: (await allTrails(tx)).filter(({ intervals }) => intervals.length > 0),
      seen: await findPlaces(tx),
    }));
    if (trails.length === 0) return;
    const places = JSON.parse(seen ?? "[]") as TrailPlace[]; // as `putPlaces` wrote it
    const slice = await ports.audit.readOn(places, MOST_RECORDS);
    const deliveries = await filesOf(ports, trails, slice.records, now);
    await ports.database.write(async (tx) => {
      if ((await findPlaces(tx)) !== seen) return; // another process has planned this
      for (const { trail, delivery } of deliveries) {
        if ((await findTrail(tx, trail))?.id === trail.id) await putDelivery(tx, delivery);
      }
      await putPlaces(tx, JSON.stringify(slice.places));
      if (slice.isThrough) await forgetIntervals(tx, now);
    });
    if (slice.isThrough) return;
  }
}

interface Planned {
  readonly trail: Trail;
  readonly delivery: Omit<Delivery, "id">;
}

/** One file a trail and Region. */
async function filesOf(
  ports: CloudTrailPorts,
  trails: readonly Trail[],
  records: readonly TrailRecord[],
  now: Date,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const trail of trails) {
    const regions = new Map<string, TrailRecord[]>();
    for (const record of records) {
      if (!takes(trail, record)) continue;
      const ofRegion = regions.get(record.awsRegion);
      if (ofRegion === undefined) regions.set(record.awsRegion, [record]);
      else ofRegion.push(record);
    }
    for (const [region, chosen] of regions) {
      planned.push({ trail, delivery: await fileOf(trail, region, chosen, now, ports.ids.base32(16)) });
    }
  }
  return planned;
}

async function fileOf(
  trail: Trail,
  region: string,
  records: readonly TrailRecord[],
  now: Date,
  unique: string,
): Promise<Omit<Delivery, "id">> {
  const text = Buffer.from(JSON.stringify({ Records: records }));
  const times = records.map(({ eventTime }) => eventTime).sort();
  return {
    trailId: trail.id,
    region,
    kind: "log",
    plannedMs: now.getTime(),
    plan: {
      bucket: trail.bucket,
      key: logKey(trail, region, now, unique),
      kmsKeyId: trail.kmsKeyId,
      metadata: {},
      log: {
        hash: createHash("sha256").update(text).digest("hex"),
        oldest: times[0] ?? "",
        newest: times.at(-1) ?? "",
      },
    },
    body: await compress(text),
  };
}

/** Whether the record goes into this trail's files. */
export function takes(trail: Trail, record: TrailRecord): boolean {
  if (record.recipientAccountId !== trail.account) return false;
  if (!trail.isMultiRegion && record.awsRegion !== trail.region) return false;
  if (!trail.includesGlobal && GLOBAL_SOURCES.has(record.eventSource)) return false;
  if (!trail.recursive && record.userIdentity["invokedBy"] === "cloudtrail.amazonaws.com") return false;
  const time = Date.parse(record.eventTime);
  // Records tell whole seconds: the second in which logging began or ended belongs to it.
  const isLogged = trail.intervals.some(
    ({ fromMs, toMs }) => time >= Math.floor(fromMs / 1000) * 1000 && (toMs === undefined || time <= toMs),
  );
  return isLogged && isSelected(trail, record);
}

/** What was logged so long ago has been read. */
async function forgetIntervals(tx: WriteTx, now: Date): Promise<void> {
  for (const trail of await allTrails(tx)) {
    const intervals = trail.intervals.filter(
      ({ toMs }) => toMs === undefined || toMs + LATEST_RECORD_MS > now.getTime(),
    );
    if (intervals.length < trail.intervals.length) await putTrail(tx, { ...trail, intervals });
  }
}
