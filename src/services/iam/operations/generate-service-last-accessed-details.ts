import { accessReports } from "../../../identity/index.js";
import { reportSubject, serviceUses } from "../access-reports.js";
import { checkOn } from "../entities.js";
import { invalidInput, noSuchEntity } from "../errors.js";
import { operation } from "../ports.js";

/** An account keeps this many; each new one takes the oldest one's place. */
const MOST_REPORTS = 100;

/** The report is there when the answer is. */
export const generateServiceLastAccessedDetails = operation("GenerateServiceLastAccessedDetails", {
  readOnly: true,
  checks: (ctx, input) => [checkOn(ctx, "iam:GenerateServiceLastAccessedDetails", input.Arn)],
  run: (ctx, { Arn: arn, Granularity: granularity }, _ok, ports) => {
    if (granularity === "ACTION_LEVEL") throw invalidInput("Last uses are known here by service, not by action.");
    return ctx.commit(ports.database, async (tx) => {
      const { account } = ctx.caller;
      const subject = await reportSubject(tx, account, arn);
      if (subject === undefined) throw noSuchEntity(`ARN ${arn} was not found.`);
      const old = await accessReports.list(tx, { account, pathPrefix: "/", after: "", limit: MOST_REPORTS });
      const [oldest] = [...old].sort((a, b) => a.createdMs - b.createdMs);
      if (old.length >= MOST_REPORTS && oldest !== undefined) await accessReports.delete(tx, account, oldest.name);
      const JobId = ctx.ids.uuid();
      const createdMs = ctx.time.getTime();
      const services = await serviceUses(tx, ports, subject);
      await accessReports.insert(tx, { account, name: JobId, path: "/", ownerId: "", arn, createdMs, services });
      return { JobId };
    });
  },
});
