import { mfaDevices } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { ownDevice } from "../mfa.js";
import { operation } from "../ports.js";
import { changeRootDevice, isRootDevice } from "../root-device.js";

export const deactivateMFADevice = operation("DeactivateMFADevice", {
  ...aboutUser("iam:DeactivateMFADevice"),
  run: (ctx, input, ok, ports) => {
    const { SerialNumber: serial } = input;
    if (isRootDevice(ctx.caller.account, serial))
      return changeRootDevice(ctx, ports, ok, serial, (device) => {
        if (device.ownerId === "") throw noSuchEntity("MFA Device invalid for user.");
        return { ...device, ownerId: "", enabledMs: 0 };
      });
    return change(ctx, ports, ok, async (tx, user) => {
      const device = await ownDevice(tx, user, serial);
      await mfaDevices.update(tx, { ...device, ownerId: "", enabledMs: 0 });
      return {};
    });
  },
});
