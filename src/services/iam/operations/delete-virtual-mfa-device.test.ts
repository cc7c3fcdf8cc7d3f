import assert from "node:assert/strict";
import { test } from "node:test";
import { enableDevice, makeDevice, SERIAL } from "../mfa-contract.js";
import { fails, guarded, openIam } from "../testing.js";

const INPUT = { SerialNumber: SERIAL };

guarded("DeleteVirtualMFADevice", INPUT, SERIAL, makeDevice);

test("DeleteVirtualMFADevice is refused while the device is somebody's", async (t) => {
  const iam = await openIam(t);
  await enableDevice(iam);
  await assert.rejects(
    iam.call("DeleteVirtualMFADevice", INPUT),
    fails("DeleteConflict", "MFA VirtualDevice is in use. Must be deactivated first."),
  );
  await iam.call("DeactivateMFADevice", { UserName: "ada", SerialNumber: SERIAL });
  await iam.call("DeleteVirtualMFADevice", INPUT);
  await assert.rejects(iam.call("DeleteVirtualMFADevice", INPUT), { code: "NoSuchEntity" });
});
