import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ADA_ARN, READER, reportOn, usedServices } from "../access-reports-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const ABSENT = "00000000-0000-4000-8000-000000000000";
guarded("GetServiceLastAccessedDetails", { JobId: ABSENT }, "*");

test("each service that the policies grant is there, with its last use or none", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  const at = iam.house.clock.now();
  const JobId = await reportOn(iam, ADA_ARN);
  const { ServicesLastAccessed, ...job } = await iam.call("GetServiceLastAccessedDetails", { JobId });
  assert.deepEqual(job, {
    JobStatus: "COMPLETED",
    JobType: "SERVICE_LEVEL",
    JobCreationDate: at,
    JobCompletionDate: at,
    IsTruncated: false,
  });
  const kms = { ServiceName: "AWS Key Management Service", ServiceNamespace: "kms", TotalAuthenticatedEntities: 0 };
  const s3 = {
    ServiceName: "Amazon S3",
    ServiceNamespace: "s3",
    TotalAuthenticatedEntities: 1,
    LastAuthenticated: at,
    LastAuthenticatedEntity: ADA_ARN,
    LastAuthenticatedRegion: "eu-west-1",
  };
  assert.deepEqual(ServicesLastAccessed, [kms, s3]);
  for (const arn of [`${ARN}group/team`, READER]) {
    const report = await iam.call("GetServiceLastAccessedDetails", { JobId: await reportOn(iam, arn) });
    assert.deepEqual(report.ServicesLastAccessed, [s3], arn);
  }
  const page = await iam.call("GetServiceLastAccessedDetails", { JobId, MaxItems: 1 });
  const rest = await iam.call("GetServiceLastAccessedDetails", { JobId, Marker: page.Marker });
  assert.deepEqual([page.ServicesLastAccessed, rest.ServicesLastAccessed], [[kms], [s3]]);
});

test("another account's job is as good as none", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  const JobId = await reportOn(iam, ADA_ARN);
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("GetServiceLastAccessedDetails", { JobId }),
    fails("NoSuchEntity", `The job with id ${JobId} cannot be found.`),
  );
});
