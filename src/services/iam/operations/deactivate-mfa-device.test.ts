import assert from "node:assert/strict";
import { test } from "node:test";
import { enableDevice, SERIAL } from "../mfa-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const INPUT = { UserName: "ada", SerialNumber: SERIAL };

guarded("DeactivateMFADevice", INPUT, `${ARN}user/ada`);

test("DeactivateMFADevice lets the device go, once", async (t) => {
  const iam = await openIam(t);
  await enableDevice(iam);
  await iam.call("DeactivateMFADevice", INPUT);
  await assert.rejects(iam.call("DeactivateMFADevice", INPUT), fails("NoSuchEntity", "MFA Device invalid for user."));
  await iam.call("DeleteUser", { UserName: "ada" });
});
