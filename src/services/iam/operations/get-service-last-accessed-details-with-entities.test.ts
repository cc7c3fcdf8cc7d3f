import assert from "node:assert/strict";
import { test } from "node:test";
import { READER, reportOn, usedServices } from "../access-reports-contract.js";
import { fails, guarded, openIam } from "../testing.js";

const NAMED = { JobId: "00000000-0000-4000-8000-000000000000", ServiceNamespace: "s3" };
guarded("GetServiceLastAccessedDetailsWithEntities", NAMED, "*");

test("those who used the service by the policy are there, and nobody else", async (t) => {
  const iam = await openIam(t);
  await usedServices(iam);
  const JobId = await reportOn(iam, READER);
  const ask = (ServiceNamespace: string) =>
    iam.call("GetServiceLastAccessedDetailsWithEntities", { JobId, ServiceNamespace });
  const { EntityDetailsList } = await ask("s3");
  const { User } = await iam.call("GetUser", { UserName: "ada" });
  assert.deepEqual(EntityDetailsList, [
    {
      EntityInfo: { Arn: User?.Arn, Name: "ada", Type: "USER", Id: User?.UserId, Path: "/team/" },
      LastAuthenticated: iam.house.clock.now(),
    },
  ]);
  await assert.rejects(ask("kms"), fails("NoSuchEntity", "The service namespace kms is not in the report."));
});
