import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { ALLOW_ALL, userCaller } from "../../../kit/testing.js";
import { codes, enableDevice, makeDevice, SERIAL } from "../mfa-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const INPUT = { UserName: "ada", SerialNumber: SERIAL, AuthenticationCode1: "000000", AuthenticationCode2: "000000" };

guarded("EnableMFADevice", INPUT, `${ARN}user/ada`);

test("EnableMFADevice wants two codes that follow each other, and a device that is free", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await assert.rejects(iam.call("EnableMFADevice", INPUT), { code: "NoSuchEntity" });
  await makeDevice(iam);
  const [first, second] = await codes(iam);
  const enable = (AuthenticationCode1: string, AuthenticationCode2: string) =>
    iam.call("EnableMFADevice", { ...INPUT, AuthenticationCode1, AuthenticationCode2 });
  const wrong = fails("InvalidAuthenticationCode", "Authentication code for device is not valid.");
  await assert.rejects(enable(second, first), wrong);
  await assert.rejects(enable(first, first), wrong);
  await enable(first, second);
  const [device] = (await iam.call("ListMFADevices", { UserName: "ada" })).MFADevices ?? [];
  assert.deepEqual(device, { UserName: "ada", SerialNumber: SERIAL, EnableDate: iam.house.clock.now() });
  await assert.rejects(enable(first, second), fails("EntityAlreadyExists", "MFA device is already in use."));
  await assert.rejects(
    iam.call("DeleteUser", { UserName: "ada" }),
    fails("DeleteConflict", "Cannot delete entity, must deactivate MFA devices first."),
  );
});

test("EnableMFADevice takes a device whose clock is minutes off", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await makeDevice(iam);
  const [AuthenticationCode1, AuthenticationCode2] = await codes(iam, 10);
  await iam.call("EnableMFADevice", { ...INPUT, AuthenticationCode1, AuthenticationCode2 });
  await assert.rejects(enableDevice(iam), { code: "EntityAlreadyExists" });
});

test("the root's own device is enabled and deactivated by the root, and told of", async (t) => {
  const iam = await openIam(t);
  const VirtualMFADeviceName = "root-account-mfa-device";
  const named = { UserName: "root", SerialNumber: `${ARN}mfa/${VirtualMFADeviceName}` };
  const enable = async (by = iam, from = 0) => {
    const [AuthenticationCode1, AuthenticationCode2] = await codes(iam, from, VirtualMFADeviceName);
    return by.call("EnableMFADevice", { ...named, AuthenticationCode1, AuthenticationCode2 });
  };
  await assert.rejects(enable(), { code: "NoSuchEntity" });
  await iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName });
  const admin = iam.as(userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT));
  await assert.rejects(enable(admin), { code: "AccessDenied" });
  await assert.rejects(iam.call("DeactivateMFADevice", named), { code: "NoSuchEntity" });
  await enable();
  await assert.rejects(enable(iam, 1), { code: "EntityAlreadyExists" });
  const [device] = (await iam.call("ListVirtualMFADevices", { AssignmentStatus: "Assigned" })).VirtualMFADevices ?? [];
  assert.deepEqual([device?.User?.Arn, device?.SerialNumber], [`${ARN}root`, named.SerialNumber]);
  assert.equal((await iam.call("GetAccountSummary", {})).SummaryMap?.AccountMFAEnabled, 1);
  await assert.rejects(admin.call("DeactivateMFADevice", named), { code: "AccessDenied" });
  await iam.call("DeactivateMFADevice", named);
  assert.equal((await iam.call("GetAccountSummary", {})).SummaryMap?.AccountMFAEnabled, 0);
});
