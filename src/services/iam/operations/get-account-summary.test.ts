import assert from "node:assert/strict";
import { test } from "node:test";
import { SummaryKeyType } from "@aws-sdk/client-iam";

import { enableDevice } from "../mfa-contract.js";
import { openIam, policyText } from "../testing.js";

test("GetAccountSummary is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("GetAccountSummary", {}, "iam:GetAccountSummary", "*");
});

test("GetAccountSummary counts what the account has", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreatePolicy", { PolicyName: "reader", PolicyDocument: policyText("s3:*") });
  const { SummaryMap } = await iam.call("GetAccountSummary", {});
  const { Users, Groups, Roles, Policies, PolicyVersionsInUse, AccountAccessKeysPresent } = SummaryMap ?? {};
  assert.deepEqual([Users, Groups, Roles, Policies, PolicyVersionsInUse, AccountAccessKeysPresent], [1, 0, 0, 1, 1, 1]);
});

test("GetAccountSummary counts instance profiles and devices, those in use by themselves", async (t) => {
  const iam = await openIam(t);
  await enableDevice(iam);
  await iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "spare" });
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "web" });
  const { SummaryMap } = await iam.call("GetAccountSummary", {});
  const { MFADevices, MFADevicesInUse, InstanceProfiles } = SummaryMap ?? {};
  assert.deepEqual([MFADevices, MFADevicesInUse, InstanceProfiles], [2, 1, 1]);
});

test("GetAccountSummary has every key that the model names", async (t) => {
  const iam = await openIam(t);
  const { SummaryMap = {} } = await iam.call("GetAccountSummary", {});
  assert.deepEqual(Object.keys(SummaryMap).sort(), Object.values(SummaryKeyType).sort());
  const { ServerCertificatesQuota, SigningCertificatesPerUserQuota, PolicyVersionsInUseQuota } = SummaryMap;
  assert.deepEqual(
    [ServerCertificatesQuota, SigningCertificatesPerUserQuota, PolicyVersionsInUseQuota],
    [20, 2, 10_000],
  );
});
