import { onAccount } from "../entities.js";
import { SERVICE_NAMES } from "../granted-services.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { jobOf, jobTimes } from "../report-jobs.js";

export const getServiceLastAccessedDetails = operation("GetServiceLastAccessedDetails", {
  checks: onAccount("iam:GetServiceLastAccessedDetails"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const job = await jobOf(tx, ctx.caller.account, input.JobId);
      const { items, end } = pageOfList(`last-accessed:${job.name}`, job.services, input, ({ service }) => service);
      return {
        ...jobTimes(job),
        JobType: "SERVICE_LEVEL" as const,
        ServicesLastAccessed: items.map(({ service, users: [last, ...others] }) => ({
          ServiceName: SERVICE_NAMES.get(service) ?? service,
          ServiceNamespace: service,
          TotalAuthenticatedEntities: last === undefined ? 0 : others.length + 1,
          ...(last === undefined
            ? {}
            : {
                LastAuthenticated: new Date(last.atMs),
                LastAuthenticatedEntity: last.arn,
                LastAuthenticatedRegion: last.region,
              }),
        })),
        ...end,
      };
    }),
});
