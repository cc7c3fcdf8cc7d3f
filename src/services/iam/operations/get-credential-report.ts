import { wholeSeconds } from "../../../identity/index.js";
import { currentReport } from "../credential-report.js";
import { onAccount } from "../entities.js";
import { operation } from "../ports.js";

export const getCredentialReport = operation("GetCredentialReport", {
  checks: onAccount("iam:GetCredentialReport"),
  run: (ctx, _input, _ok, { database }) =>
    database.read(async (tx) => {
      const { content, generatedMs } = await currentReport(tx, ctx.caller.account, ctx.time.getTime());
      return {
        Content: Buffer.from(content),
        ReportFormat: "text/csv" as const,
        GeneratedTime: wholeSeconds(new Date(generatedMs)),
      };
    }),
});
