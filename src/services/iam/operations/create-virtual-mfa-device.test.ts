import assert from "node:assert/strict";
import { test } from "node:test";
import { makeDevice, SERIAL } from "../mfa-contract.js";
import { fails, guarded, openIam } from "../testing.js";

guarded("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" }, SERIAL);

test("CreateVirtualMFADevice gives the seed once, and no record has it", async (t) => {
  const iam = await openIam(t);
  const made = await makeDevice(iam);
  assert.equal(made.VirtualMFADevice?.SerialNumber, SERIAL);
  assert.match(Buffer.from(made.VirtualMFADevice?.Base32StringSeed ?? []).toString(), /^[A-Z2-7]{64}$/);
  assert.deepEqual(iam.recorded("CreateVirtualMFADevice", made), { virtualMFADevice: { serialNumber: SERIAL } });
  const listed = await iam.call("ListVirtualMFADevices", {});
  assert.deepEqual(listed.VirtualMFADevices, [{ SerialNumber: SERIAL }]);
  await assert.rejects(
    makeDevice(iam),
    fails("EntityAlreadyExists", "MFADevice entity at the same path and name already exists."),
  );
});
