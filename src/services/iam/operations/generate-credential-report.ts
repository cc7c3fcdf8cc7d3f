import { credentialReports } from "../../../identity/index.js";
import { isCurrent, makeReport, REPORT_NAME, reportOf } from "../credential-report.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";

/** The report is there when the answer is; clients ask again after STARTED and are told COMPLETE, as by AWS. */
export const generateCredentialReport = operation("GenerateCredentialReport", {
  readOnly: true,
  checks: onAccount("iam:GenerateCredentialReport"),
  run: (ctx, _input, _ok, ports) =>
    ctx.commit(ports.database, async (tx) => {
      const { account } = ctx.caller;
      const generatedMs = ctx.time.getTime();
      const old = await reportOf(tx, account);
      if (old !== undefined && isCurrent(old, generatedMs)) return { State: "COMPLETE" as const };
      const report = { account, name: REPORT_NAME, path: "/", ownerId: "", generatedMs };
      await credentialReports.delete(tx, account, REPORT_NAME);
      await credentialReports.insert(tx, { ...report, content: await makeReport(tx, ports, account) });
      return { State: "STARTED" as const, Description: "No report exists. Starting a new report generation task" };
    }),
});
