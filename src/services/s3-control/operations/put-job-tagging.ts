import { errors } from "../errors.js";
import type { Tag } from "../jobs/job.js";
import { parseTags } from "../jobs/parse.js";
import { findJob, putJob } from "../jobs/store.js";
import { getJob, onJob, tagValues } from "../on-job.js";
import { operation } from "../ports.js";

/** The tags that are given are all that the job has then. */
export const putJobTagging = operation("PutJobTagging", {
  ...onJob("PutJobTagging", (input: { JobId: string; Tags: readonly Partial<Tag>[] }) => tagValues(input.Tags)),
  run: async (ctx, input, { target }, ports) => {
    const { id } = getJob(target);
    const tags = parseTags(input.Tags);
    await ctx.commit(ports.database, async (tx) => {
      const now = await findJob(tx, id);
      if (now === undefined) throw errors.noSuchJob();
      await putJob(tx, { ...now, tags });
    });
    return {};
  },
});
