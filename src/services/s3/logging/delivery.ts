import { SECOND_MS, utf8 } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import { writeDeliveries } from "../deliveries.js";
import { bucketArn } from "../names.js";
import type { S3Ports } from "../ports.js";
import {
  type AccessLine,
  accessLines,
  type Bucket,
  deleteAccessLines,
  insertDelivery,
  type NewDelivery,
  nextLoggedBucket,
  selectBucketById,
} from "../store/index.js";
import { type Logging, loggingOf } from "./configuration.js";

const SERVICE = "logging.s3.amazonaws.com";
/** Of one log object: busy periods make several. */
const MOST_LINES = 10_000;

/** Lines become planned objects, and these objects of the target bucket; killed at any line, the next run goes on. */
export const accessLogWorker = (ports: S3Ports): Worker => ({
  name: "s3.access-log",
  everyMs: ports.pace.accessLogSeconds * SECOND_MS,
  run: async (now) => {
    await planLogs(ports, now);
    await writeDeliveries(ports, now);
  },
});

async function planLogs(ports: S3Ports, now: Date): Promise<void> {
  for (let id = await nextOf(ports, ""); id !== undefined; id = await nextOf(ports, id)) {
    while (await planPage(ports, id, now));
  }
}

const nextOf = ({ database }: S3Ports, after: string) => database.read((tx) => nextLoggedBucket(tx, after));

/** True when there may be more. The lines go in the commit that plans their object: each is in one. */
async function planPage({ database, ids }: S3Ports, bucketId: string, now: Date): Promise<boolean> {
  const lines = await database.read((tx) => accessLines(tx, bucketId, MOST_LINES));
  const last = lines.at(-1);
  if (last === undefined) return false;
  const unique = ids.hex(16).toUpperCase();
  await database.write(async (tx) => {
    const bucket = await selectBucketById(tx, bucketId);
    const logging = bucket && loggingOf(bucket);
    if (bucket && logging) {
      for (const delivery of objectsOf(bucket, logging, lines, now, unique)) await insertDelivery(tx, delivery);
    }
    await deleteAccessLines(tx, bucketId, last.id);
  });
  return lines.length === MOST_LINES;
}

/** One object, or one a day where names tell the day of the requests. */
function objectsOf(
  bucket: Bucket,
  logging: Logging,
  lines: readonly AccessLine[],
  now: Date,
  unique: string,
): NewDelivery[] {
  const days = new Map<string, AccessLine[]>();
  for (const line of lines) {
    const day = logging.partitions === "EventTime" ? new Date(line.timeMs).toISOString().slice(0, 10) : "";
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  return [...days].map(([day, ofDay]) => ({
    sourceId: bucket.id,
    plannedMs: now.getTime(),
    plan: {
      service: SERVICE,
      account: bucket.account,
      region: bucket.region,
      sourceArn: bucketArn(bucket.name),
      bucket: logging.bucket,
      key: nameOf(bucket, logging, day === "" ? now : new Date(`${day}T00:00:00Z`), unique),
      contentType: "text/plain",
    },
    body: utf8(`${ofDay.map(({ line }) => line).join("\n")}\n`),
  }));
}

/** `prefix2026-11-21-09-00-00-0123456789ABCDEF`; partitioned, below account, Region, bucket and day. */
function nameOf(bucket: Bucket, logging: Logging, time: Date, unique: string): string {
  const stamp = time.toISOString().slice(0, 19).replace(/[T:]/g, "-");
  if (logging.partitions === undefined) return `${logging.prefix}${stamp}-${unique}`;
  const day = stamp.slice(0, 10).replaceAll("-", "/");
  return `${logging.prefix}${bucket.account}/${bucket.region}/${bucket.name}/${day}/${stamp}-${unique}`;
}
