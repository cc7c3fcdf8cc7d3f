import { mfaDevices } from "../../../identity/index.js";
import { deleteConflict } from "../errors.js";
import { aboutMfaDevice } from "../mfa.js";
import { operation } from "../ports.js";
import { changeThing } from "../things.js";

export const deleteVirtualMFADevice = operation("DeleteVirtualMFADevice", {
  ...aboutMfaDevice("iam:DeleteVirtualMFADevice"),
  run: (ctx, _input, ok, ports) =>
    changeThing(ctx, ports, ok, async (tx, device) => {
      if (device.ownerId !== "") throw deleteConflict("MFA VirtualDevice is in use. Must be deactivated first.");
      await mfaDevices.delete(tx, device.account, device.name);
      return {};
    }),
});
