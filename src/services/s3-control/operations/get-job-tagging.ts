import { getJob, onJob } from "../on-job.js";
import { operation } from "../ports.js";

export const getJobTagging = operation("GetJobTagging", {
  ...onJob("GetJobTagging"),
  run: async (_ctx, _input, { target }) => ({ Tags: [...getJob(target).tags] }),
});
