import { type AccountId, AwsError, globalArn } from "../../base/index.js";
import {
  directory,
  mfaDeviceOf,
  mfaDevices,
  mfaNameOf,
  stepOfCode,
  type User,
  type VirtualMfaDevice,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity } from "./errors.js";
import { shownUser } from "./shown.js";
import { someTags } from "./tags.js";
import { aboutThing, type ThingKind } from "./things.js";

export const MFA_DEVICES: ThingKind<VirtualMfaDevice> = {
  items: mfaDevices,
  word: "mfa",
  noSuch: (name) => noSuchEntity(`VirtualMFADevice with serial number ${name} does not exist.`),
};

/** `target` and `checks` of an operation on one device. */
export const aboutMfaDevice = <Input extends { readonly SerialNumber: string }>(
  action: string,
  values?: (input: Input) => readonly (readonly [string, string | readonly string[]])[],
) => {
  const about = aboutThing(MFA_DEVICES, action, (input: Input) => mfaNameOf(input.SerialNumber), values);
  return {
    ...about,
    target: async (...args: Parameters<typeof about.target>) => {
      const target = await about.target(...args);
      const { SerialNumber: serial } = args[1];
      // A serial number on another path is another device's, or nobody's.
      return target.arn === serial ? target : { ...target, name: serial, arn: serial, found: undefined };
    },
  };
};

/** This user's own device; throws NoSuchEntity. */
export async function ownDevice(tx: ReadTx, user: User, serial: string): Promise<VirtualMfaDevice> {
  const device = await mfaDeviceOf(tx, user.account, user.id, serial);
  if (device === undefined) throw noSuchEntity(`MFA Device invalid for user.`);
  return device;
}

/** A device may be this many steps off when it is enabled: a quarter of an hour. */
const MOST_DRIFT = 30;

/** Throws InvalidAuthenticationCode unless the codes are of two steps that follow each other. */
export function synchronized(device: VirtualMfaDevice, codes: readonly [string, string], nowMs: number) {
  const seed = Buffer.from(device.seed, "base64");
  const first = stepOfCode(seed, codes[0], nowMs, { after: device.lastStep, drift: MOST_DRIFT });
  const second = stepOfCode(seed, codes[1], nowMs, { after: device.lastStep, drift: MOST_DRIFT + 1 });
  if (first === undefined || second !== first + 1)
    throw new AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", { status: 403 });
  return { offset: second - Math.floor(nowMs / 30_000), lastStep: second };
}

export async function shownDevice(tx: ReadTx, device: VirtualMfaDevice) {
  const owner = await ownerOf(tx, device);
  return {
    SerialNumber: device.serial,
    ...(owner === undefined ? {} : { User: owner, EnableDate: new Date(device.enabledMs) }),
    ...someTags(device.tags),
  };
}

async function ownerOf(tx: ReadTx, { account, ownerId }: VirtualMfaDevice) {
  if (ownerId === account) return shownRoot(tx, account);
  const user = ownerId === "" ? undefined : await directory.userById(tx, ownerId);
  return user && shownUser(user);
}

/** The root has neither path nor name; its date is the account's. */
async function shownRoot(tx: ReadTx, account: AccountId) {
  const { createdAt: CreateDate } = (await directory.account(tx, account)) ?? {};
  return { Path: undefined, UserName: undefined, UserId: account, Arn: globalArn("iam", account, "root"), CreateDate };
}
