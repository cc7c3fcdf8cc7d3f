import { type AwsError, describeThrown, isAwsError, isServerFault, needs } from "../../../base/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { callOf, type ReportError, type TaskCall, type TaskReport } from "./calls.js";
import { csvKey, csvValue } from "./csv.js";
import { doneOf, type Job, type Task } from "./job.js";
import { findJob, insertResult, putJob, selectTasks, TASKS_A_PAGE } from "./store.js";

const AT_ONCE = 8;
/** A task that breaks by no fault of its own is tried again this often, in runs a second apart. */
const MOST_ATTEMPTS = 10;
/** From so many tasks on, a job of which more than half has failed is stopped. */
const THRESHOLD = 1000;

/** What became of a task. */
type Fate =
  | { readonly kind: "succeeded"; readonly message: string }
  | { readonly kind: "failed" | "broken"; readonly error: ReportError };

/** How often the first task that is not done has broken. */
export type Attempts = Map<string, { readonly number: number; readonly count: number }>;

/**
 * Does the next few tasks at once and counts them in one commit: whatever is killed before it does them again, and
 * none is left out. Gives how many were counted; none means that it is better to wait.
 */
export async function doSome(
  ports: S3ControlPorts,
  session: RoleSession,
  job: Job,
  attempts: Attempts,
): Promise<number> {
  const first = doneOf(job);
  const page = await ports.database.read((tx) => selectTasks(tx, job.id, first));
  const tasks = page.slice(first % TASKS_A_PAGE, (first % TASKS_A_PAGE) + AT_ONCE);
  needs(tasks.length > 0, "an active job has a task that is not done");
  const startedMs = ports.clock.nowMs();
  const call = callOf(job.operation);
  const fates = await Promise.all(tasks.map((task) => fateOf(ports, session, call(task))));
  const counted = countable(fates, attempts, job.id, first);
  const activeMs = ports.clock.nowMs() - startedMs;
  await ports.database.write(async (tx) => {
    const now = await findJob(tx, job.id);
    if (now === undefined || doneOf(now) !== first) return;
    for (const [at, fate] of counted.entries()) {
      const succeeded = fate.kind === "succeeded";
      if (isReported(job, succeeded) && tasks[at] !== undefined)
        await insertResult(tx, job.id, { number: first + at, succeeded, line: lineOf(tasks[at], fate) });
    }
    await putJob(tx, withProgress(now, counted, activeMs));
  });
  return counted.length;
}

async function fateOf(
  { log, ids }: S3ControlPorts,
  session: RoleSession,
  { operation, input, report = PLAIN, ...request }: TaskCall,
): Promise<Fate> {
  try {
    return { kind: "succeeded", message: report.succeeded(await session.call(operation, input, request)) };
  } catch (thrown) {
    if (isAwsError(thrown) && !isServerFault(thrown))
      return { kind: "failed", error: report.failed(shown(thrown), ids.uuid()) };
    log.warn("s3-control.task", describeThrown(thrown));
    const internal = { code: "InternalError", status: 500, message: "We encountered an internal error." };
    return { kind: "broken", error: report.failed(isAwsError(thrown) ? shown(thrown) : internal, ids.uuid()) };
  }
}

const PLAIN: TaskReport = { succeeded: () => "Successful", failed: (error) => error };

const shown = (error: AwsError): ReportError => ({
  code: error.code,
  status: error.status ?? (isServerFault(error) ? 500 : 400),
  message: error.message,
});

/** All up to the first that broke: it and what follows is done again, until it has broken too often. */
function countable(fates: readonly Fate[], attempts: Attempts, jobId: string, first: number): readonly Fate[] {
  const broken = fates.findIndex(({ kind }) => kind === "broken");
  if (broken !== 0) return broken < 0 ? fates : fates.slice(0, broken);
  const before = attempts.get(jobId);
  const count = (before?.number === first ? before.count : 0) + 1;
  attempts.set(jobId, { number: first, count });
  return count < MOST_ATTEMPTS ? [] : fates.slice(0, 1);
}

const isReported = ({ report }: Job, succeeded: boolean): boolean =>
  report.Enabled === true && (!succeeded || report.ReportScope === "AllTasks");

/** Keys are encoded as in manifests, so that a report of failures can be the next one. */
function lineOf({ bucket, key, versionId = "" }: Task, fate: Fate): string {
  const end =
    fate.kind === "succeeded"
      ? ["succeeded", "200", "", fate.message]
      : ["failed", String(fate.error.status), fate.error.code, fate.error.message];
  return [bucket, csvKey(key), versionId, ...end].map(csvValue).join(",");
}

function withProgress(job: Job, fates: readonly Fate[], activeMs: number): Job {
  const succeeded = fates.filter(({ kind }) => kind === "succeeded").length;
  const progress = {
    total: job.progress.total,
    succeeded: job.progress.succeeded + succeeded,
    failed: job.progress.failed + fates.length - succeeded,
    activeMs: job.progress.activeMs + activeMs,
  };
  const moved: Job = { ...job, progress };
  // Whoever cancelled it meanwhile has the last word.
  if (job.status !== "Active") return moved;
  const done = doneOf(moved);
  if (done >= THRESHOLD && progress.failed * 2 > done) return { ...moved, status: "Failing", failures: [TOO_MANY] };
  return done >= progress.total ? { ...moved, status: "Completing" } : moved;
}

const TOO_MANY = {
  FailureCode: "FailureThresholdExceeded",
  FailureReason: `More than half of the tasks have failed, of ${THRESHOLD} or more that were done.`,
};
