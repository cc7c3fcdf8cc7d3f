import { DAY_MS, describeThrown, HOUR_MS, isAwsError, isServerFault, needs, SECOND_MS } from "../../../base/index.js";
import type { Worker } from "../../../kit/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { WrongManifest } from "./csv.js";
import { generateSome } from "./generate.js";
import type { Failure, Job, JobStatus } from "./job.js";
import { keepTasks } from "./prepare.js";
import { writeReport } from "./report.js";
import { Sessions } from "./sessions.js";
import { deleteJob, deleteResults, deleteTasks, findJob, firstJob, jobsEndedBefore, putJob } from "./store.js";
import { type Attempts, doSome } from "./tasks.js";

/** What has to be done to a job before its tasks, or after them, comes before the tasks of others. */
const AROUND: readonly JobStatus[] = ["New", "Preparing", "Completing", "Cancelling", "Failing"];
const RUNNING: readonly JobStatus[] = ["Ready", "Active"];

/** One run does not hold up the other work between requests for longer than this many steps. */
const STEPS_A_RUN = 250;
/** How long a job that ended is still shown. */
const SHOWN_MS = 90 * DAY_MS;
const FORGOTTEN_AT_ONCE = 100;

/**
 * Moves jobs on, step by step, the one of the highest priority first. Each step is a commit, which keeps what was done
 * with how far it is: a run that was killed goes on there.
 */
export function jobWorker(ports: S3ControlPorts): Worker {
  const sessions = new Sessions(ports);
  const attempts: Attempts = new Map();
  return {
    name: "s3-control.jobs",
    everyMs: SECOND_MS,
    async run() {
      const { database } = ports;
      // What cannot go on now waits for the next run, and holds up no other job.
      const waiting: string[] = [];
      for (let step = 0; step < STEPS_A_RUN; step += 1) {
        const job = await database.read(
          async (tx) => (await firstJob(tx, AROUND, waiting)) ?? (await firstJob(tx, RUNNING, waiting)),
        );
        if (job === undefined) break;
        if (!(await moveOn(ports, sessions, attempts, job))) waiting.push(job.id);
      }
    },
  };
}

/** Takes away jobs that ended long ago. */
export const forgetWorker = ({ database }: S3ControlPorts): Worker => ({
  name: "s3-control.forget",
  everyMs: HOUR_MS,
  run: async (now) => {
    const before = now.getTime() - SHOWN_MS;
    for (;;) {
      const ids = await database.read((tx) => jobsEndedBefore(tx, before, FORGOTTEN_AT_ONCE));
      for (const id of ids) await database.write((tx) => deleteJob(tx, id));
      if (ids.length < FORGOTTEN_AT_ONCE) return;
    }
  },
});

/** False when there is nothing to be done now: the next run tries again. */
async function moveOn(ports: S3ControlPorts, sessions: Sessions, attempts: Attempts, job: Job): Promise<boolean> {
  try {
    switch (job.status) {
      case "New":
        return change(ports, job, { status: "Preparing" });
      case "Preparing":
        return await prepare(ports, sessions, job);
      case "Ready":
        return change(ports, job, { status: "Active" });
      case "Active":
        return (await doSome(ports, await sessions.of(job), job, attempts)) > 0;
      default:
        attempts.delete(job.id);
        return await end(ports, sessions, job);
    }
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure === undefined) {
      ports.log.warn("s3-control.job", { job: job.id, status: job.status, ...describeThrown(thrown) });
      return false;
    }
    sessions.forget(job);
    return change(ports, job, { status: "Failing", failures: [failure] });
  }
}

/** Why a job fails by its own fault; undefined for what may pass. */
function failureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof WrongManifest) return { FailureCode: "InvalidManifestContent", FailureReason: thrown.message };
  if (!isAwsError(thrown) || isServerFault(thrown)) return undefined;
  return { FailureCode: thrown.code, FailureReason: thrown.message };
}

async function prepare(ports: S3ControlPorts, sessions: Sessions, job: Job): Promise<boolean> {
  const session = await sessions.of(job);
  const total = await tasksBefore(ports, session, job);
  if (total === undefined) return true;
  // The list of its files, which may be long, would be written again with each step of the job.
  const prepared = {
    progress: { ...job.progress, total },
    ...(job.generation === undefined ? {} : { generation: undefined, generated: job.generation.manifest }),
  };
  return job.needsConfirmation
    ? change(ports, job, { status: "Suspended", ...prepared, suspendedMs: ports.clock.nowMs() })
    : change(ports, job, { status: "Ready", ...prepared });
}

/** How many tasks there are, once they are all kept; undefined while a generated manifest is not whole. */
function tasksBefore(ports: S3ControlPorts, session: RoleSession, job: Job): Promise<number | undefined> {
  const { manifest, generator } = job;
  if (generator !== undefined) return generateSome(ports, session, { ...job, generator });
  needs(manifest !== undefined, "a job has a manifest or a generator of one");
  return keepTasks(ports, session, job, manifest);
}

const ENDS: ReadonlyMap<JobStatus, JobStatus> = new Map([
  ["Completing", "Complete"],
  ["Cancelling", "Cancelled"],
  ["Failing", "Failed"],
]);

/** A report that cannot be written makes a job fail that would be complete; its tasks are done all the same. */
async function end(ports: S3ControlPorts, sessions: Sessions, job: Job): Promise<boolean> {
  const status = ENDS.get(job.status) ?? "Failed";
  let failures = job.failures;
  try {
    if (job.report.Enabled === true && job.progress.succeeded + job.progress.failed > 0)
      await writeReport(ports, await sessions.of(job), job);
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure === undefined) throw thrown;
    const FailureReason = `The report could not be written: ${failure.FailureReason}`;
    failures = [...failures, { ...failure, FailureReason }];
  }
  sessions.forget(job);
  const isWhole = status !== "Complete" || failures.length === 0;
  return change(ports, job, {
    status: isWhole ? status : "Failed",
    failures,
    endedMs: ports.clock.nowMs(),
  });
}

/** Unless somebody changed its status meanwhile. What an ended job needs no more is taken away with it. */
async function change({ database }: S3ControlPorts, job: Job, changes: Partial<Job>): Promise<boolean> {
  await database.write(async (tx) => {
    const now = await findJob(tx, job.id);
    if (now === undefined || now.status !== job.status) return;
    await putJob(tx, { ...now, ...changes });
    if (changes.endedMs === undefined) return;
    await deleteTasks(tx, job.id);
    await deleteResults(tx, job.id);
  });
  return true;
}
