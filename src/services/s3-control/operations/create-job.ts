import { type AccountId, LIMITS, parseArn } from "../../../base/index.js";
import type { Check } from "../../../identity/index.js";
import { errors } from "../errors.js";
import type { Job, JobRequest, JobStatus } from "../jobs/job.js";
import { operationName } from "../jobs/job.js";
import { digestOf, parseRequest } from "../jobs/parse.js";
import { countJobs, findJobByToken, insertJob } from "../jobs/store.js";
import { accountOf } from "../on-account.js";
import { tagValues } from "../on-job.js";
import { operation } from "../ports.js";

const RUNNING: readonly JobStatus[] = [
  "New",
  "Preparing",
  "Suspended",
  "Ready",
  "Active",
  "Completing",
  "Cancelling",
  "Failing",
];

/** Who gives Batch Operations a role must be allowed to pass it. */
export const createJob = operation("CreateJob", {
  target: (_ctx, input) => accountOf(input),
  checks: (_ctx, input, account): readonly Check[] => {
    const side = { kind: "resource" as const, account };
    const tags = input.Tags ?? [];
    const values = new Map([
      ["s3:requestjobpriority", String(input.Priority)] as const,
      ["s3:requestjoboperation", operationName(input.Operation)] as const,
      ...tagValues(tags),
    ]);
    return [
      { action: "s3:CreateJob", resource: "*", side, values },
      ...(tags.length === 0 ? [] : [{ action: "s3:PutJobTagging", resource: "*", side, values }]),
      ...passing(input.RoleArn),
    ];
  },
  run: async (ctx, input, { target: account }, ports) => {
    const { tags, ...source } = parseRequest(input);
    const job: Job = {
      id: ctx.ids.uuid(),
      account,
      region: ctx.region,
      createdMs: ctx.clock.nowMs(),
      status: "New",
      priority: input.Priority,
      operation: input.Operation,
      ...source,
      report: input.Report,
      roleArn: input.RoleArn,
      description: input.Description,
      // As AWS has it: who says nothing of it is asked.
      needsConfirmation: input.ConfirmationRequired !== false,
      tags,
      progress: { total: 0, succeeded: 0, failed: 0, activeMs: 0 },
      digest: digestOf(input),
      failures: [],
    };
    const token = input.ClientRequestToken ?? job.id;
    const known = await ctx.commit(ports.database, async (tx) => {
      const before = await findJobByToken(tx, job, token);
      if (before !== undefined) return before;
      if ((await countJobs(tx, job, RUNNING)) >= LIMITS.s3BatchJobs)
        throw errors.tooManyRequests(`There are ${LIMITS.s3BatchJobs} jobs that have not ended.`);
      await insertJob(tx, job, token);
      return job;
    });
    if (known.digest !== job.digest) throw errors.idempotency();
    return { JobId: known.id };
  },
  audit: {
    request: ({
      Operation,
      Manifest,
      ManifestGenerator,
      Report,
      Priority,
      RoleArn,
      AccountId,
      ConfirmationRequired,
    }) => ({
      accountId: AccountId,
      operation: operationName(Operation),
      ...(Manifest === undefined ? {} : { manifest: Manifest }),
      ...(ManifestGenerator === undefined ? {} : { manifestGenerator: ManifestGenerator }),
      report: Report,
      priority: Priority,
      roleArn: RoleArn,
      confirmationRequired: ConfirmationRequired,
    }),
    response: ({ JobId }) => ({ jobId: JobId }),
  },
});

export const BATCH_OPERATIONS = "batchoperations.s3.amazonaws.com";

/** A role that is none is refused by its form, when the request is allowed. */
function passing(role: JobRequest["RoleArn"]): readonly Check[] {
  const arn = parseArn(role);
  if (arn === undefined) return [];
  const side = { kind: "none" as const, account: arn.account as AccountId }; // compared alone
  return [
    { action: "iam:PassRole", resource: role, side, values: new Map([["iam:passedtoservice", BATCH_OPERATIONS]]) },
  ];
}
