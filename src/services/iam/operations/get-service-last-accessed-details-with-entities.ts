import { onAccount } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";
import { jobOf, jobTimes } from "../report-jobs.js";

export const getServiceLastAccessedDetailsWithEntities = operation("GetServiceLastAccessedDetailsWithEntities", {
  checks: onAccount("iam:GetServiceLastAccessedDetailsWithEntities"),
  run: (ctx, input, _ok, { database }) =>
    database.read(async (tx) => {
      const job = await jobOf(tx, ctx.caller.account, input.JobId);
      const { ServiceNamespace: namespace } = input;
      const found = job.services.find(({ service }) => service === namespace);
      if (found === undefined) throw noSuchEntity(`The service namespace ${namespace} is not in the report.`);
      const scope = `last-accessed:${job.name}:${namespace}`;
      const { items, end } = pageOfList(scope, found.users, input, ({ arn }) => arn);
      return {
        ...jobTimes(job),
        EntityDetailsList: items.map(({ arn, id, atMs }) => ({
          EntityInfo: { Arn: arn, Name: nameOf(arn), Type: typeOf(arn), Id: id, Path: pathOf(arn) },
          LastAuthenticated: new Date(atMs),
        })),
        ...end,
      };
    }),
});

const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);
const typeOf = (arn: string) => (arn.includes(":role/") ? ("ROLE" as const) : ("USER" as const));
/** `/team/` of `arn:aws:iam::111122223333:user/team/ada`. */
const pathOf = (arn: string) => arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);
