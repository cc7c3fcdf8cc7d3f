import assert from "node:assert/strict";
import { test } from "node:test";
import type { Region } from "../../../base/index.js";
import { makeCertificate } from "../certificates-contract.js";
import { enableDevice } from "../mfa-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("GetCredentialReport", {}, "*");

const HOURS_MS = 3_600_000;
const HEAD =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

test("there is none before one was made, and an old one is refused", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(iam.call("GetCredentialReport", {}), fails("ReportNotPresent", "Unknown"));
  await iam.call("GenerateCredentialReport", {});
  iam.house.clock.advance(4 * HOURS_MS + 1);
  await assert.rejects(iam.call("GetCredentialReport", {}), fails("ReportExpired", "Unknown"));
});

test("the columns are AWS's; the root comes first, then the users in order of name", async (t) => {
  const iam = await openIam(t);
  const { uses, clock } = iam.house;
  const now = "2026-11-21T09:00:00Z";
  await enableDevice(iam);
  await iam.call("CreateLoginProfile", { UserName: "ada", Password: "Correct-horse-1" });
  await iam.call("UpdateAccountPasswordPolicy", { MaxPasswordAge: 90 });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  uses.note(AccessKey?.AccessKeyId ?? "", { atMs: clock.nowMs(), service: "s3", region: "eu-west-1" as Region }); // one
  await iam.call("UploadSigningCertificate", { UserName: "ada", CertificateBody: (await makeCertificate("ada")).body });
  await iam.call("CreateUser", { UserName: "Bob", Path: "/a,b/" });
  const key = (await iam.call("CreateAccessKey", { UserName: "Bob" })).AccessKey;
  await iam.call("UpdateAccessKey", { UserName: "Bob", AccessKeyId: key?.AccessKeyId ?? "", Status: "Inactive" });
  await iam.call("GenerateCredentialReport", {});
  const report = await iam.call("GetCredentialReport", {});
  assert.deepEqual([report.ReportFormat, report.GeneratedTime], ["text/csv", clock.now()]);
  const [head, root, ada, bob, ...more] = Buffer.from(report.Content ?? [])
    .toString()
    .split("\n");
  assert.deepEqual([head, more], [HEAD, []]);
  const none = "false,N/A,N/A,N/A,N/A";
  const noCertificates = "false,N/A,false,N/A";
  assert.equal(
    root,
    `<root_account>,${ARN}root,${now},false,N/A,N/A,not_supported,false,true,${now},N/A,N/A,N/A,${none},${noCertificates}`,
  );
  assert.equal(
    ada,
    `ada,${ARN}user/ada,${now},true,no_information,${now},2027-02-19T09:00:00Z,true,true,${now},${now},eu-west-1,s3,${none},true,${now},false,N/A`,
  );
  assert.equal(
    bob,
    `Bob,"${ARN}user/a,b/Bob",${now},false,N/A,N/A,N/A,false,false,${now},N/A,N/A,N/A,${none},${noCertificates}`,
  );
});
