import { errors } from "../errors.js";
import { findJob, putJob } from "../jobs/store.js";
import { getJob, onJob } from "../on-job.js";
import { operation } from "../ports.js";

export const deleteJobTagging = operation("DeleteJobTagging", {
  ...onJob("DeleteJobTagging"),
  run: async (ctx, _input, { target }, ports) => {
    const { id } = getJob(target);
    await ctx.commit(ports.database, async (tx) => {
      const now = await findJob(tx, id);
      if (now === undefined) throw errors.noSuchJob();
      await putJob(tx, { ...now, tags: [] });
    });
    return {};
  },
});
