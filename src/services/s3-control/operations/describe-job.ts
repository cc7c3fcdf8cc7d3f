import { SECOND_MS } from "../../../base/index.js";
import { type Job, jobArn } from "../jobs/job.js";
import { getJob, onJob } from "../on-job.js";
import { operation } from "../ports.js";

export const describeJob = operation("DescribeJob", {
  ...onJob("DescribeJob"),
  run: async (_ctx, _input, { target }) => ({ Job: described(getJob(target)) }),
});

const described = (job: Job) => ({
  JobId: job.id,
  ConfirmationRequired: job.needsConfirmation,
  ...(job.description === undefined ? {} : { Description: job.description }),
  JobArn: jobArn(job),
  Status: job.status,
  ...(job.manifest === undefined ? {} : { Manifest: job.manifest }),
  ...(job.generator === undefined ? {} : { ManifestGenerator: { S3JobManifestGenerator: job.generator } }),
  ...(job.generated === undefined
    ? {}
    : { GeneratedManifestDescriptor: { Format: "S3InventoryReport_CSV_20211130" as const, Location: job.generated } }),
  Operation: job.operation,
  Priority: job.priority,
  ProgressSummary: progressOf(job),
  ...(job.statusReason === undefined ? {} : { StatusUpdateReason: job.statusReason }),
  FailureReasons: [...job.failures],
  Report: job.report,
  CreationTime: new Date(job.createdMs),
  ...(job.endedMs === undefined ? {} : { TerminationDate: new Date(job.endedMs) }),
  RoleArn: job.roleArn,
  ...(job.suspendedMs === undefined ? {} : { SuspendedDate: new Date(job.suspendedMs) }),
  ...(job.status === "Suspended" ? { SuspendedCause: "AWAITING_CONFIRMATION" } : {}),
});

export const progressOf = ({ progress }: Job) => ({
  TotalNumberOfTasks: progress.total,
  NumberOfTasksSucceeded: progress.succeeded,
  NumberOfTasksFailed: progress.failed,
  Timers: { ElapsedTimeInActiveSeconds: Math.floor(progress.activeMs / SECOND_MS) },
});
