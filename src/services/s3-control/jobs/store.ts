import type { Migration, ReadTx, WriteTx } from "../../../store/index.js";
import type { Job, JobStatus, Task } from "./job.js";

/** All of S3 Control's own SQL. Its tables stand in the database `s3`, beside S3's. */
export const S3_CONTROL_MIGRATIONS: readonly Migration[] = [
  {
    id: 40,
    // A manifest's tasks stand in pages, so that a large one takes few rows. `batch_results` holds a report's lines.
    sql: `
      CREATE TABLE batch_jobs (
        id TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, status TEXT NOT NULL,
        priority BIGINT NOT NULL, created_ms BIGINT NOT NULL, ended_ms BIGINT, token TEXT NOT NULL, job TEXT NOT NULL
      );
      CREATE INDEX batch_jobs_by_account ON batch_jobs (account, region, created_ms, id);
      CREATE UNIQUE INDEX batch_jobs_by_token ON batch_jobs (account, region, token);
      CREATE INDEX batch_jobs_by_status ON batch_jobs (status, priority);
      CREATE TABLE batch_tasks (
        job_id TEXT NOT NULL, page BIGINT NOT NULL, tasks TEXT NOT NULL, PRIMARY KEY (job_id, page)
      );
      CREATE TABLE batch_results (
        job_id TEXT NOT NULL, succeeded INTEGER NOT NULL, number BIGINT NOT NULL, line TEXT NOT NULL,
        PRIMARY KEY (job_id, succeeded, number)
      );
    `,
  },
];

interface JobRow {
  readonly job: string;
}

/** Times that a request brought: JSON keeps them as texts. */
const TIMES = new Set([
  "ModifiedSinceConstraint",
  "UnModifiedSinceConstraint",
  "ObjectLockRetainUntilDate",
  "RetainUntilDate",
  "HttpExpiresDate",
]);

const opened = ({ job }: JobRow): Job =>
  withFilterTimes(
    JSON.parse(job, (name, value) => (TIMES.has(name) && typeof value === "string" ? new Date(value) : value)) as Job, // written by insertJob and putJob alone
  );

function withFilterTimes(job: Job): Job {
  const { CreatedAfter: after, CreatedBefore: before, ...rest } = job.generator?.Filter ?? {};
  if (job.generator === undefined || (after === undefined && before === undefined)) return job;
  const times = {
    ...(after === undefined ? {} : { CreatedAfter: new Date(after) }),
    ...(before === undefined ? {} : { CreatedBefore: new Date(before) }),
  };
  return { ...job, generator: { ...job.generator, Filter: { ...rest, ...times } } };
}

export async function insertJob(tx: WriteTx, job: Job, token: string): Promise<void> {
  await tx.run(
    "INSERT INTO batch_jobs (id, account, region, status, priority, created_ms, token, job) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    job.id,
    job.account,
    job.region,
    job.status,
    job.priority,
    job.createdMs,
    token,
    JSON.stringify(job),
  );
}

export async function putJob(tx: WriteTx, job: Job): Promise<void> {
  await tx.run(
    "UPDATE batch_jobs SET status = ?, priority = ?, ended_ms = ?, job = ? WHERE id = ?",
    job.status,
    job.priority,
    job.endedMs ?? null,
    JSON.stringify(job),
    job.id,
  );
}

export async function findJob(tx: ReadTx, id: string): Promise<Job | undefined> {
  const row = await tx.get<JobRow>("SELECT job FROM batch_jobs WHERE id = ?", id);
  return row && opened(row);
}

export async function findJobByToken(
  tx: ReadTx,
  { account, region }: Pick<Job, "account" | "region">,
  token: string,
): Promise<Job | undefined> {
  const sql = "SELECT job FROM batch_jobs WHERE account = ? AND region = ? AND token = ?";
  const row = await tx.get<JobRow>(sql, account, region, token);
  return row && opened(row);
}

/** The newest first, older than `before`. */
export async function jobsBefore(
  tx: ReadTx,
  { account, region }: Pick<Job, "account" | "region">,
  statuses: readonly JobStatus[],
  before: { readonly createdMs: number; readonly id: string },
  limit: number,
): Promise<Job[]> {
  const rows = await tx.all<JobRow>(
    `SELECT job FROM batch_jobs WHERE account = ? AND region = ? AND (created_ms, id) < (?, ?)
     ${statuses.length === 0 ? "" : `AND status IN (${placesOf(statuses)})`} ORDER BY created_ms DESC, id DESC LIMIT ?`,
    account,
    region,
    before.createdMs,
    before.id,
    ...statuses,
    limit,
  );
  return rows.map(opened);
}

export async function countJobs(
  tx: ReadTx,
  { account, region }: Pick<Job, "account" | "region">,
  statuses: readonly JobStatus[],
): Promise<number> {
  const row = await tx.get<{ count: number }>(
    `SELECT count(*) AS count FROM batch_jobs WHERE account = ? AND region = ? AND status IN (${placesOf(statuses)})`,
    account,
    region,
    ...statuses,
  );
  return Number(row?.count ?? 0);
}

/** The one in these statuses that comes first, but these: the highest priority, then the oldest. */
export async function firstJob(
  tx: ReadTx,
  statuses: readonly JobStatus[],
  but: readonly string[],
): Promise<Job | undefined> {
  const row = await tx.get<JobRow>(
    `SELECT job FROM batch_jobs WHERE status IN (${placesOf(statuses)})
     ${but.length === 0 ? "" : `AND id NOT IN (${placesOf(but)})`} ORDER BY priority DESC, created_ms, id LIMIT 1`,
    ...statuses,
    ...but,
  );
  return row && opened(row);
}

/** The ids of those that ended before. */
export async function jobsEndedBefore(tx: ReadTx, ms: number, limit: number): Promise<string[]> {
  const sql = "SELECT id FROM batch_jobs WHERE ended_ms IS NOT NULL AND ended_ms < ? ORDER BY ended_ms, id LIMIT ?";
  return (await tx.all<{ id: string }>(sql, ms, limit)).map(({ id }) => id);
}

export async function deleteJob(tx: WriteTx, id: string): Promise<void> {
  await tx.run("DELETE FROM batch_jobs WHERE id = ?", id);
  await deleteTasks(tx, id);
  await deleteResults(tx, id);
}

export async function deleteResults(tx: WriteTx, jobId: string): Promise<void> {
  await tx.run("DELETE FROM batch_results WHERE job_id = ?", jobId);
}

/** Of one page. */
export const TASKS_A_PAGE = 100;

export async function insertTasks(tx: WriteTx, jobId: string, page: number, tasks: readonly Task[]): Promise<void> {
  const sql = "INSERT INTO batch_tasks (job_id, page, tasks) VALUES (?, ?, ?)";
  await tx.run(sql, jobId, page, JSON.stringify(tasks));
}

/** Tasks that follow the ones that are kept: the last page of those is filled first. */
export async function appendTasks(tx: WriteTx, jobId: string, kept: number, tasks: readonly Task[]): Promise<void> {
  const begun = kept % TASKS_A_PAGE;
  const all = [...(begun === 0 ? [] : (await selectTasks(tx, jobId, kept)).slice(0, begun)), ...tasks];
  const first = Math.floor(kept / TASKS_A_PAGE);
  if (begun > 0) await tx.run("DELETE FROM batch_tasks WHERE job_id = ? AND page = ?", jobId, first);
  for (let at = 0; at < all.length; at += TASKS_A_PAGE)
    await insertTasks(tx, jobId, first + at / TASKS_A_PAGE, all.slice(at, at + TASKS_A_PAGE));
}

/** The page of the task with that number, counted from 0. */
export async function selectTasks(tx: ReadTx, jobId: string, number: number): Promise<Task[]> {
  const sql = "SELECT tasks FROM batch_tasks WHERE job_id = ? AND page = ?";
  const row = await tx.get<{ tasks: string }>(sql, jobId, Math.floor(number / TASKS_A_PAGE));
  return row === undefined ? [] : (JSON.parse(row.tasks) as Task[]); // written by insertTasks alone
}

export async function deleteTasks(tx: WriteTx, jobId: string): Promise<void> {
  await tx.run("DELETE FROM batch_tasks WHERE job_id = ?", jobId);
}

/** A line of a report. */
export interface Result {
  readonly number: number;
  readonly succeeded: boolean;
  readonly line: string;
}

export async function insertResult(tx: WriteTx, jobId: string, { number, succeeded, line }: Result): Promise<void> {
  const sql = "INSERT INTO batch_results (job_id, succeeded, number, line) VALUES (?, ?, ?, ?)";
  await tx.run(sql, jobId, succeeded ? 1 : 0, number, line);
}

export async function resultsAfter(
  tx: ReadTx,
  jobId: string,
  succeeded: boolean,
  after: number,
  limit: number,
): Promise<Result[]> {
  const rows = await tx.all<{ number: number; line: string }>(
    "SELECT number, line FROM batch_results WHERE job_id = ? AND succeeded = ? AND number > ? ORDER BY number LIMIT ?",
    jobId,
    succeeded ? 1 : 0,
    after,
    limit,
  );
  return rows.map(({ number, line }) => ({ number: Number(number), succeeded, line }));
}

const placesOf = (values: readonly unknown[]): string => values.map(() => "?").join(", ");
