import { setImmediate } from "node:timers/promises";
import { DAY_MS, MINUTE_MS } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import type { WriteTx } from "../../../store/index.js";
import { afterKey } from "../listing.js";
import { removeBlobs } from "../object.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  bucketsWith,
  type Candidate,
  currentCandidates,
  listUploads,
  newerNoncurrent,
  type Run,
  STAGES,
  saveRun,
  selectRun,
  settingNow,
  type Upload,
  versionCandidates,
} from "../store/index.js";
import { type Acting, abortUpload, actOnCurrent, actOnVersion } from "./act.js";
import { LIFECYCLE, parseStored } from "./configuration.js";
import { abortOf, dueOfCurrent, dueOfNoncurrent, isMarkerDue } from "./due.js";

const BUCKETS_A_PAGE = 100;
const ROWS_A_PAGE = 500;
/** Few enough that nobody's write waits long behind one unit. */
const ACTS_A_UNIT = 50;

/**
 * Applies the rules of all buckets, each bucket once a day of UTC: AWS's rules end at midnights. What is found to be due is
 * asked about again in the unit that acts, which also says how far the run has come: it may be killed anywhere.
 */
export const lifecycleWorker = (ports: S3Ports): Worker => ({
  name: "s3.lifecycle",
  everyMs: 5 * MINUTE_MS,
  run: (now) => applyLifecycles(ports, now.getTime()),
});

export async function applyLifecycles(ports: S3Ports, nowMs: number): Promise<void> {
  for (let after = ""; ; ) {
    const from = after;
    const buckets = await ports.database.read((tx) => bucketsWith(tx, LIFECYCLE, from, BUCKETS_A_PAGE));
    for (const bucket of buckets) await runBucket(ports, bucket, nowMs);
    after = buckets[buckets.length - 1]?.name ?? "";
    if (buckets.length < BUCKETS_A_PAGE) return;
  }
}

const START = { key: Buffer.alloc(0), place: -1 };

async function runBucket(ports: S3Ports, bucket: Bucket, nowMs: number): Promise<void> {
  const text = bucket.settings.get(LIFECYCLE) ?? "";
  const day = Math.floor(nowMs / DAY_MS);
  const saved = await ports.database.read((tx) => selectRun(tx, bucket.id));
  const today = saved?.day === day ? saved : undefined;
  let run: Run | undefined = today ?? { ...START, bucketId: bucket.id, day, stage: STAGES[0] };
  const acting: Acting = { ports, bucket, nowMs, lifecycle: parseStored(text), rules: text, acts: 0 };
  while (run && run.stage !== "done") run = await page(acting, run);
  if (acting.acts > 0) ports.log.info("s3.lifecycle", { bucket: bucket.name, acts: acting.acts });
}

/** One page of a stage. Undefined: the rules have changed, and the next run begins with the new ones. */
async function page(acting: Acting, run: Run): Promise<Run | undefined> {
  // Requests come between any two pages.
  await setImmediate();
  if (run.stage === "uploads") return (await abortUploads(acting)) ? finished(acting, run) : undefined;
  const { candidates, due } = await (run.stage === "objects" ? currentPage(acting, run) : versionPage(acting, run));
  const act = run.stage === "objects" ? actOnCurrent : actOnVersion;
  for (let at = 0; at < due.length; at += ACTS_A_UNIT) {
    const some = due.slice(at, at + ACTS_A_UNIT);
    const last = some[some.length - 1];
    const standsAt = { ...run, key: Buffer.from(last?.key ?? ""), place: last?.place ?? -1 };
    if (!(await unit(acting, standsAt, some, act))) return undefined;
  }
  const end = candidates[candidates.length - 1];
  if (!end || candidates.length < ROWS_A_PAGE) return finished(acting, run);
  return { ...run, key: Buffer.from(end.key), place: end.place };
}

interface Page {
  readonly candidates: readonly Candidate[];
  readonly due: readonly Candidate[];
}

async function currentPage({ ports, bucket, lifecycle, nowMs }: Acting, run: Run): Promise<Page> {
  const candidates = await ports.database.read((tx) => currentCandidates(tx, bucket.id, run, ROWS_A_PAGE));
  return { candidates, due: candidates.filter((one) => dueOfCurrent(lifecycle, one, nowMs) !== undefined) };
}

async function versionPage({ ports, bucket, lifecycle, nowMs }: Acting, run: Run): Promise<Page> {
  return ports.database.read(async (tx) => {
    const candidates = await versionCandidates(tx, bucket.id, run, ROWS_A_PAGE);
    const due: Candidate[] = [];
    let [key, newer] = ["", 0];
    for (const one of candidates) {
      if (one.key !== key) [key, newer] = [one.key, await newerNoncurrent(tx, bucket.id, one.key, one.place)];
      if (one.noncurrentMs === null) {
        if (isMarkerDue(lifecycle, one, nowMs)) due.push(one);
        continue;
      }
      if (dueOfNoncurrent(lifecycle, { ...one, noncurrentMs: one.noncurrentMs }, newer, nowMs)) due.push(one);
      newer += 1;
    }
    return { candidates, due };
  });
}

/** Acts on some, and says that it did. False when the rules are not what they were. */
async function unit<Item>(
  acting: Acting,
  run: Run | undefined,
  items: readonly Item[],
  act: (tx: WriteTx, acting: Acting, item: Item) => Promise<readonly string[] | undefined>,
): Promise<boolean> {
  const { ports, bucket } = acting;
  const freed = await ports.database.write(async (tx) => {
    const { value } = await settingNow(tx, bucket.id, LIFECYCLE);
    if (value !== acting.rules) return undefined;
    const done: (readonly string[])[] = [];
    for (const item of items) {
      const blobs = await act(tx, acting, item);
      if (blobs) done.push(blobs);
    }
    if (run) await saveRun(tx, run);
    return done;
  });
  if (!freed) return false;
  acting.acts += freed.length;
  await removeBlobs(ports, freed.flat());
  return true;
}

async function finished(acting: Acting, run: Run): Promise<Run | undefined> {
  const next: Run = { ...run, ...START, stage: STAGES[STAGES.findIndex((one) => one === run.stage) + 1] ?? "done" };
  return (await unit(acting, next, [], async () => undefined)) ? next : undefined;
}

/** Uploads are few beside objects: a run that is cut begins with them anew. */
async function abortUploads(acting: Acting): Promise<boolean> {
  const { ports, bucket, lifecycle, nowMs } = acting;
  for (let from = afterKey(Buffer.alloc(0)); ; ) {
    const at = from;
    const uploads = await ports.database.read((tx) => listUploads(tx, bucket.id, at, undefined, ROWS_A_PAGE));
    const due = uploads.filter(
      (upload: Upload) => (abortOf(lifecycle, upload)?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs,
    );
    for (let first = 0; first < due.length; first += ACTS_A_UNIT) {
      if (!(await unit(acting, undefined, due.slice(first, first + ACTS_A_UNIT), abortUpload))) return false;
    }
    const last = uploads[uploads.length - 1];
    if (!last || uploads.length < ROWS_A_PAGE) return true;
    from = { key: last.keyBytes, id: last.id };
  }
}
