import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { DAY_MS, SECOND_MS, utf8 } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { writeDeliveries } from "../deliveries.js";
import { bucketArn } from "../names.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  bucketsWithSetting,
  currentAfter,
  type InventoryPosition,
  type InventoryRow,
  type InventoryRun,
  insertDelivery,
  othersAfter,
  putInventoryRun,
  selectBucketById,
  selectInventoryRun,
} from "../store/index.js";
import { destinationOf, INVENTORY, type Inventory, inventoriesOf } from "./configuration.js";
import { csvOf, manifestOf, rootOf } from "./report.js";

const compress = promisify(gzip);

/** Of one file, and of one look at the database. */
const ROWS = 5_000;
/** Planned and not written yet: they lie in the database until then. */
const FILES_WAITING = 20;
const BUCKETS = 100;
const START: InventoryPosition = { table: "objects", key: "", place: 0 };

/**
 * A report a day or a week, its first soon after it was asked for. Each file is planned in the commit that moves the
 * report on, and the manifest in the one that ends it: a run that was killed goes on with the next file.
 */
export const inventoryWorker = (ports: S3Ports): Worker => ({
  name: "s3.inventory",
  everyMs: ports.pace.inventorySeconds * SECOND_MS,
  run: async (now) => {
    for (let after = ""; ; ) {
      const page = await ports.database.read((tx) => bucketsWithSetting(tx, INVENTORY, after, BUCKETS));
      for (const id of page) await reportsOf(ports, id, now);
      after = page.at(-1) ?? after;
      if (page.length < BUCKETS) break;
    }
    await writeDeliveries(ports, now);
  },
});

async function reportsOf(ports: S3Ports, bucketId: string, now: Date): Promise<void> {
  const bucket = await ports.database.read((tx) => selectBucketById(tx, bucketId));
  if (bucket === undefined) return;
  for (const inventory of inventoriesOf(bucket).filter(({ IsEnabled }) => IsEnabled)) {
    const known = await ports.database.read((tx) => selectInventoryRun(tx, bucketId, inventory.Id ?? ""));
    for (let run = dueRun(bucket, inventory, known, now); run?.position !== undefined; ) {
      run = await advance(ports, bucket, inventory, run, now);
      if (run.files.length % FILES_WAITING === 0) await writeDeliveries(ports, now);
    }
  }
}

/** The run that was begun, else a new one when its time has come. */
function dueRun(
  bucket: Bucket,
  inventory: Inventory,
  known: InventoryRun | undefined,
  now: Date,
): InventoryRun | undefined {
  if (known?.position !== undefined) return known;
  const period = periodOf(inventory, now);
  if (known?.period === period) return undefined;
  return { bucketId: bucket.id, id: inventory.Id ?? "", period, startedMs: now.getTime(), position: START, files: [] };
}

/** Weeks begin on Sunday; the first day of all was a Thursday. */
function periodOf({ Schedule: schedule }: Inventory, now: Date): string {
  const day = Math.floor(now.getTime() / DAY_MS);
  const first = schedule?.Frequency === "Weekly" ? day - ((day + 4) % 7) : day;
  return new Date(first * DAY_MS).toISOString().slice(0, 10);
}

/** One file, or the manifest. */
async function advance(
  ports: S3Ports,
  bucket: Bucket,
  inventory: Inventory,
  run: InventoryRun,
  now: Date,
): Promise<InventoryRun> {
  const { rows, next } = await readPage(ports, bucket, inventory, run.position ?? START);
  const body = rows.length === 0 ? undefined : await compress(csvOf(bucket, inventory, rows));
  const key = `${rootOf(bucket, inventory)}data/${ports.ids.uuid()}.csv.gz`;
  const file = body && { key, size: body.length, MD5checksum: createHash("md5").update(body).digest("hex") };
  const moved: InventoryRun = { ...run, position: next, files: file ? [...run.files, file] : run.files };
  await ports.database.write(async (tx) => {
    if (body) await deliver(tx, bucket, inventory, now, { key, body, contentType: "application/gzip" });
    if (next === undefined) await deliverManifest(tx, bucket, inventory, now, moved);
    // A report that is done needs its files no more.
    await putInventoryRun(tx, next === undefined ? { ...moved, files: [] } : moved);
  });
  return moved;
}

async function readPage({ database }: S3Ports, bucket: Bucket, inventory: Inventory, from: InventoryPosition) {
  const key = Buffer.from(from.key, "hex");
  const prefix = inventory.Filter?.Prefix ?? "";
  const found: readonly (InventoryRow & { readonly place?: number })[] = await database.read((tx) =>
    from.table === "objects"
      ? currentAfter(tx, bucket.id, key, ROWS)
      : othersAfter(tx, bucket.id, key, from.place, ROWS),
  );
  const last = found.at(-1);
  const hasOthers = inventory.IncludedObjectVersions === "All";
  const next: InventoryPosition | undefined =
    found.length === ROWS && last !== undefined
      ? { table: from.table, key: Buffer.from(last.object.key).toString("hex"), place: last.place ?? 0 }
      : from.table === "objects" && hasOthers
        ? { ...START, table: "versions" }
        : undefined;
  return { rows: found.filter(({ object }) => object.key.startsWith(prefix)), next };
}

interface ReportObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

async function deliverManifest(tx: WriteTx, bucket: Bucket, inventory: Inventory, now: Date, run: InventoryRun) {
  const stamp = `${new Date(run.startedMs).toISOString().slice(0, 16).replace(":", "-")}Z`;
  const root = `${rootOf(bucket, inventory)}${stamp}/`;
  const body = manifestOf(bucket, inventory, run.startedMs, run.files);
  const checksum = utf8(createHash("md5").update(body).digest("hex"));
  await deliver(tx, bucket, inventory, now, { key: `${root}manifest.json`, body, contentType: "application/json" });
  await deliver(tx, bucket, inventory, now, {
    key: `${root}manifest.checksum`,
    body: checksum,
    contentType: "text/plain",
  });
}

function deliver(tx: WriteTx, bucket: Bucket, inventory: Inventory, now: Date, object: ReportObject): Promise<void> {
  const { AccountId: owner, Encryption: encryption } = inventory.Destination?.S3BucketDestination ?? {};
  return insertDelivery(tx, {
    sourceId: bucket.id,
    plannedMs: now.getTime(),
    plan: {
      service: "s3.amazonaws.com",
      account: bucket.account,
      region: bucket.region,
      sourceArn: bucketArn(bucket.name),
      bucket: destinationOf(inventory),
      key: object.key,
      contentType: object.contentType,
      ...(owner === undefined ? {} : { owner }),
      ...(encryption?.SSEKMS?.KeyId === undefined ? {} : { kmsKeyId: encryption.SSEKMS.KeyId }),
    },
    body: object.body,
  });
}
