import { mfaDevices } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { ownDevice, synchronized } from "../mfa.js";
import { operation } from "../ports.js";

export const resyncMFADevice = operation("ResyncMFADevice", {
  ...aboutUser("iam:ResyncMFADevice"),
  run: (ctx, input, ok, ports) =>
    change(ctx, ports, ok, async (tx, user) => {
      const device = await ownDevice(tx, user, input.SerialNumber);
      const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
      await mfaDevices.update(tx, { ...device, ...synchronized(device, codes, ctx.time.getTime()) });
      return {};
    }),
  audit: { request: ({ UserName, SerialNumber }) => ({ userName: UserName, serialNumber: SerialNumber }) },
});
