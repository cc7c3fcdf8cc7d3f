import { directory, mfaDevices, mfaNameOf } from "../../../identity/index.js";
import { aboutUser, checkOn, existing } from "../entities.js";
import { MFA_DEVICES, ownDevice } from "../mfa.js";
import { operation } from "../ports.js";

interface Input {
  readonly UserName?: string | undefined;
  readonly SerialNumber: string;
}

const one = aboutUser<Input>("iam:GetMFADevice");

/** Without a user, whoever has the device is meant; an unassigned one has no user and no date. */
export const getMFADevice = operation("GetMFADevice", {
  target: async (ctx, input, ports) => {
    const { account } = ctx.caller;
    const owner = await ports.database.read(async (tx) => {
      if (input.UserName !== undefined) return undefined;
      const device = await mfaDevices.find(tx, account, mfaNameOf(input.SerialNumber));
      return device?.serial === input.SerialNumber ? directory.userById(tx, device.ownerId) : undefined;
    });
    const UserName = input.UserName ?? owner?.name;
    return UserName === undefined ? undefined : one.target(ctx, { ...input, UserName }, ports);
  },
  checks: (ctx, input, target) =>
    target === undefined ? [checkOn(ctx, "iam:GetMFADevice", "*")] : one.checks(ctx, input, target),
  run: (ctx, { SerialNumber: serial }, { target }, { database }) =>
    database.read(async (tx) => {
      if (target !== undefined) {
        const user = existing(target);
        const device = await ownDevice(tx, user, serial);
        return { UserName: user.name, SerialNumber: serial, EnableDate: new Date(device.enabledMs) };
      }
      const device = await mfaDevices.find(tx, ctx.caller.account, mfaNameOf(serial));
      if (device?.serial !== serial) throw MFA_DEVICES.noSuch(serial, serial);
      return { SerialNumber: serial };
    }),
});
