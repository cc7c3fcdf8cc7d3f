import { parsePriority } from "../jobs/parse.js";
import { findJob, putJob } from "../jobs/store.js";
import { getJob, getRunning, onJob } from "../on-job.js";
import { operation } from "../ports.js";

export const updateJobPriority = operation("UpdateJobPriority", {
  ...onJob("UpdateJobPriority", (input: { JobId: string; Priority: number }) => [
    ["s3:requestjobpriority", String(input.Priority)],
  ]),
  run: async (ctx, input, { target }, ports) => {
    const { id } = getJob(target);
    const priority = parsePriority(input.Priority);
    await ctx.commit(ports.database, async (tx) => putJob(tx, { ...getRunning(await findJob(tx, id)), priority }));
    return { JobId: id, Priority: priority };
  },
});
