import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA_ARN, READER, reportOn, usedServices } from "../access-reports-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("GenerateServiceLastAccessedDetails", { Arn: ADA_ARN }, ADA_ARN);

test("a report is about a user, a group, a role or a policy that is there", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  for (const arn of [ADA_ARN, `${ARN}group/team`, READER]) assert.match(await reportOn(iam, arn), /^[0-9a-f-]{36}$/);
  for (const arn of [`${ARN}user/ada`, `${ARN}role/nobody`, `${ARN}policy/nothing`])
    await assert.rejects(reportOn(iam, arn), fails("NoSuchEntity", `ARN ${arn} was not found.`));
  await assert.rejects(reportOn(iam, "arn:aws:s3:::bucket"), { code: "ValidationError" });
  await assert.rejects(
    iam.call("GenerateServiceLastAccessedDetails", { Arn: ADA_ARN, Granularity: "ACTION_LEVEL" }),
    fails("InvalidInput", "Last uses are known here by service, not by action."),
  );
});

test("an account keeps a hundred reports, the newest", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  const first = await reportOn(iam, ADA_ARN);
  for (let count = 0; count < 99; count++) {
    iam.house.clock.advance(1);
    await reportOn(iam, ADA_ARN);
  }
  await iam.call("GetServiceLastAccessedDetails", { JobId: first });
  iam.house.clock.advance(1);
  const last = await reportOn(iam, ADA_ARN);
  await assert.rejects(iam.call("GetServiceLastAccessedDetails", { JobId: first }), { code: "NoSuchEntity" });
  await iam.call("GetServiceLastAccessedDetails", { JobId: last });
});
