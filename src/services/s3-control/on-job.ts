import { LIMITS } from "../../base/index.js";
import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import { hasEnded, type Job, jobArn, operationName, type Tag } from "./jobs/job.js";
import { findJob } from "./jobs/store.js";
import { accountOf } from "./on-account.js";
import type { S3ControlPorts } from "./ports.js";

interface JobInput {
  readonly AccountId?: string | undefined;
  readonly JobId: string;
}

/** The job that a request names. Whether it is there is told to those alone who may ask for it. */
export interface JobTarget {
  readonly id: { readonly account: string; readonly arn: string };
  readonly job: Job | undefined;
}

type Values = readonly (readonly [name: string, value: string | readonly string[]])[];

/** What operations on one job share: look it up in the account and Region, ask for one action on it. */
export const onJob = <Input extends JobInput>(
  action: string,
  asked: (input: Input, job: Job) => Values = () => [],
) => ({
  target: async (ctx: RequestContext, input: Input, { database }: S3ControlPorts): Promise<JobTarget> => {
    const account = accountOf(input);
    const found = await database.read((tx) => findJob(tx, input.JobId));
    const job = found?.account === account && found.region === ctx.region ? found : undefined;
    const arn = jobArn({ id: input.JobId.slice(0, LIMITS.policyVariableChars), account, region: ctx.region });
    return { id: { account, arn }, job };
  },
  checks: (_ctx: RequestContext, input: Input, { id, job }: JobTarget): readonly Check[] => [
    {
      action: `s3:${action}`,
      resource: id.arn,
      side: { kind: "resource", account: id.account },
      values: new Map(job === undefined ? [] : [...existingValues(job), ...asked(input, job)]),
    },
  ],
});

export function getJob({ job }: JobTarget): Job {
  if (job === undefined) throw errors.noSuchJob();
  return job;
}

export function getRunning(job: Job | undefined): Job {
  if (job === undefined) throw errors.noSuchJob();
  if (hasEnded(job)) throw errors.jobStatus(`The job is ${job.status} and cannot be changed any more.`);
  return job;
}

const existingValues = ({ priority, operation, tags }: Job): Values => [
  ["s3:existingjobpriority", String(priority)],
  ["s3:existingjoboperation", operationName(operation)],
  ...tags.map(({ Key, Value }) => [`aws:resourcetag/${Key.toLowerCase()}`, Value] as const),
];

/** Condition values of a request that brings tags. */
export const tagValues = (tags: readonly Partial<Tag>[]): Values =>
  tags.length === 0
    ? []
    : [
        ...tags.map(({ Key = "", Value = "" }) => [`aws:requesttag/${Key.toLowerCase()}`, Value] as const),
        ["aws:tagkeys", tags.map(({ Key = "" }) => Key)],
      ];
