import type { AccountId } from "../base/index.js";
import type { ReadTx, WriteTx } from "../store/index.js";
import { stepOfCode } from "./mfa-code.js";
import { mfaDevices, type VirtualMfaDevice } from "./things.js";

/** What the operations of STS that take a code need to know. */
export interface ProvenDevice {
  readonly account: AccountId;
  readonly name: string;
  readonly step: number;
}

/** `arn:aws:iam::111122223333:mfa/path/name`: the name that it ends with. */
export const mfaNameOf = (serial: string) => serial.slice(serial.lastIndexOf("/") + 1);

/** The device of this user that the serial number names; undefined when it is none of theirs. */
export async function mfaDeviceOf(
  tx: ReadTx,
  account: AccountId,
  ownerId: string,
  serial: string,
): Promise<VirtualMfaDevice | undefined> {
  const device = await mfaDevices.find(tx, account, mfaNameOf(serial));
  return device !== undefined && device.ownerId === ownerId && device.serial === serial ? device : undefined;
}

/** The device and the step that the code proves; undefined for a wrong or used one. */
export function provenBy(device: VirtualMfaDevice, code: string, nowMs: number): ProvenDevice | undefined {
  const seed = Buffer.from(device.seed, "base64");
  const step = stepOfCode(seed, code, nowMs, { after: device.lastStep, offset: device.offset });
  return step === undefined ? undefined : { account: device.account, name: device.name, step };
}

/** Uses the code up. False when somebody else did meanwhile, or the device is gone. */
export async function spendCode(tx: WriteTx, { account, name, step }: ProvenDevice): Promise<boolean> {
  const device = await mfaDevices.find(tx, account, name);
  if (device === undefined || device.ownerId === "" || device.lastStep >= step) return false;
  await mfaDevices.update(tx, { ...device, lastStep: step });
  return true;
}
