import { pageOf, parseMarker } from "../../../base/index.js";
import { errors } from "../errors.js";
import { type Job, type JobStatus, operationName } from "../jobs/job.js";
import { jobsBefore } from "../jobs/store.js";
import { accountOf, onAccount } from "../on-account.js";
import { operation } from "../ports.js";
import { progressOf } from "./describe-job.js";

const MOST = 1000;

/** The newest first. */
export const listJobs = operation("ListJobs", {
  ...onAccount("ListJobs"),
  run: async (ctx, input, _ok, { database }) => {
    const account = accountOf(input);
    const limit = input.MaxResults ?? MOST;
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
      throw errors.invalidRequest(`MaxResults is a whole number from 1 to ${MOST}.`);
    const scope = `ListJobs ${account} ${ctx.region}`;
    const before = positionOf(scope, input.NextToken);
    const statuses = (input.JobStatuses ?? []) as readonly JobStatus[]; // the door looked at them; the paused ones find none
    const rows = await database.read((tx) =>
      jobsBefore(tx, { account, region: ctx.region }, statuses, before, limit + 1),
    );
    const { items, next } = pageOf(rows, limit, scope, (job) => `${job.createdMs} ${job.id}`);
    return { Jobs: items.map(listed), ...(next === undefined ? {} : { NextToken: next }) };
  },
});

/** Where the page before ended. */
function positionOf(scope: string, token: string | undefined): { readonly createdMs: number; readonly id: string } {
  if (token === undefined) return { createdMs: Number.MAX_SAFE_INTEGER, id: "" };
  const [createdMs, id] = (parseMarker(scope, token) ?? "").split(" ");
  if (id === undefined || !Number.isSafeInteger(Number(createdMs))) throw errors.invalidNextToken();
  return { createdMs: Number(createdMs), id };
}

const listed = (job: Job) => ({
  JobId: job.id,
  ...(job.description === undefined ? {} : { Description: job.description }),
  Operation: operationName(job.operation),
  Priority: job.priority,
  Status: job.status,
  CreationTime: new Date(job.createdMs),
  ...(job.endedMs === undefined ? {} : { TerminationDate: new Date(job.endedMs) }),
  ProgressSummary: progressOf(job),
});
