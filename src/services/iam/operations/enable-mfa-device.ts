import { mfaDevices, mfaNameOf, wholeSeconds } from "../../../identity/index.js";
import { aboutUser, change } from "../entities.js";
import { alreadyExists, exceeds } from "../errors.js";
import { MFA_DEVICES, synchronized } from "../mfa.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { changeRootDevice, isRootDevice } from "../root-device.js";

export const enableMFADevice = operation("EnableMFADevice", {
  ...aboutUser("iam:EnableMFADevice"),
  run: (ctx, input, ok, ports) => {
    const { SerialNumber: serial } = input;
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    const enabledMs = wholeSeconds(ctx.time).getTime();
    const { account } = ctx.caller;
    if (isRootDevice(account, serial))
      return changeRootDevice(ctx, ports, ok, serial, (device) => {
        if (device.ownerId !== "") throw inUse();
        return { ...device, ...synchronized(device, codes, ctx.time.getTime()), ownerId: account, enabledMs };
      });
    return change(ctx, ports, ok, async (tx, user) => {
      const device = await mfaDevices.find(tx, user.account, mfaNameOf(serial));
      if (device === undefined || device.serial !== serial) throw MFA_DEVICES.noSuch(serial, serial);
      if (device.ownerId !== "") throw inUse();
      const most = QUOTAS.MFADevicesPerUser;
      if ((await mfaDevices.of(tx, user.id)).length >= most) throw exceeds("MFADevicesPerUser", most);
      const clock = synchronized(device, codes, ctx.time.getTime());
      await mfaDevices.update(tx, { ...device, ...clock, ownerId: user.id, enabledMs });
      return {};
    });
  },
  audit: { request: ({ UserName, SerialNumber }) => ({ userName: UserName, serialNumber: SerialNumber }) },
});

const inUse = () => alreadyExists("MFA device is already in use.");
