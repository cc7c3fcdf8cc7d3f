/**
 * Amazon S3 Control: what is said of an account, not of one bucket, and batch jobs over many objects.
 * It never reads a bucket or an object by itself: S3 does, through the ports, and decides there as for anybody.
 * The app opens it; the gateway runs its operations.
 */
import { defineService, type Service } from "../../kit/index.js";
import { forgetWorker, jobWorker } from "./jobs/worker.js";
import { createJob } from "./operations/create-job.js";
import { deleteJobTagging } from "./operations/delete-job-tagging.js";
import { deletePublicAccessBlock } from "./operations/delete-public-access-block.js";
import { describeJob } from "./operations/describe-job.js";
import { getJobTagging } from "./operations/get-job-tagging.js";
import { getPublicAccessBlock } from "./operations/get-public-access-block.js";
import { listJobs } from "./operations/list-jobs.js";
import { putJobTagging } from "./operations/put-job-tagging.js";
import { putPublicAccessBlock } from "./operations/put-public-access-block.js";
import { updateJobPriority } from "./operations/update-job-priority.js";
import { updateJobStatus } from "./operations/update-job-status.js";
import type { S3ControlPorts } from "./ports.js";

export { S3_CONTROL_MIGRATIONS } from "./jobs/store.js";
export { BATCH_OPERATIONS } from "./operations/create-job.js";
export type { AccountBlocks, RoleCalls, RoleSession, S3ControlPorts } from "./ports.js";

const OPERATIONS = [
  createJob,
  deleteJobTagging,
  deletePublicAccessBlock,
  describeJob,
  getJobTagging,
  getPublicAccessBlock,
  listJobs,
  putJobTagging,
  putPublicAccessBlock,
  updateJobPriority,
  updateJobStatus,
];

export function s3ControlService(ports: S3ControlPorts): Service {
  return defineService({
    id: "s3-control",
    eventSource: "s3.amazonaws.com",
    operations: OPERATIONS.map((bind) => bind(ports)),
    denied: ports.denied,
    workers: [jobWorker(ports), forgetWorker(ports)],
  });
}
