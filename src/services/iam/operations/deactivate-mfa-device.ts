import { mfaDevices } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { ownDevice } from "../mfa.js";
import { operation } from "../ports.js";

export const deactivateMFADevice = operation("DeactivateMFADevice", {
  ...aboutUser("iam:DeactivateMFADevice"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      const device = await ownDevice(tx, user, input.SerialNumber);
      await mfaDevices.update(tx, { ...device, ownerId: "", enabledMs: 0 });
      return {};
    }),
});
