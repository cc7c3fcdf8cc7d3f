import assert from "node:assert/strict";
import { test } from "node:test";
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
