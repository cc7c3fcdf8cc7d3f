import { type AccountId, globalArn } from "../../base/index.js";
import { type Authorized, mfaDevices, type VirtualMfaDevice } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { accessDenied } from "./errors.js";
import { MFA_DEVICES } from "./mfa.js";
import type { IamPorts } from "./ports.js";

/**
 * The device of an account's root has a serial number of its own, by which AWS's console makes it. No user can have
 * it, so the user name that the API asks for says nothing beside it. Its owner's id is the account's.
 */
export const isRootDevice = (account: AccountId, serial: string): boolean =>
  serial === globalArn("iam", account, "mfa/root-account-mfa-device");

/** Changes the root's device, which nobody but the root may; throws NoSuchEntity where nobody made it. */
export async function changeRootDevice(
  ctx: RequestContext,
  { database }: IamPorts,
  _ok: Authorized<unknown>,
  serial: string,
  changed: (device: VirtualMfaDevice) => VirtualMfaDevice,
): Promise<Record<string, never>> {
  const { account, principal } = ctx.caller;
  if (principal.kind !== "root")
    throw accessDenied("The MFA device of the root user is changed by the root user alone.");
  await ctx.commit(database, async (tx) => {
    const device = await mfaDevices.find(tx, account, "root-account-mfa-device");
    if (device === undefined || device.serial !== serial) throw MFA_DEVICES.noSuch(serial, serial);
    await mfaDevices.update(tx, changed(device));
  });
  return {};
}
