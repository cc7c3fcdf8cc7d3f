import { mfaDevices, stepAt, totpCode } from "../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../identity/testing.js";
import { ARN, type IamBench } from "./testing.js";
import type { TaggedThing } from "./thing-tags-contract.js";

export const SERIAL = `${ARN}mfa/phone`;

export const makeDevice = (iam: IamBench) => iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" });

/** The codes of this step and the next, counted from now. */
export async function codes(iam: IamBench, from = 0, name = "phone"): Promise<[string, string]> {
  const device = await iam.house.database.read((tx) => mfaDevices.find(tx, HOUSE_ACCOUNT, name));
  const seed = Buffer.from(device?.seed ?? "", "base64");
  const step = stepAt(iam.house.clock.nowMs()) + from;
  return [totpCode(seed, step), totpCode(seed, step + 1)];
}

/** Ada, with an enabled device. */
export async function enableDevice(iam: IamBench): Promise<void> {
  await iam.call("CreateUser", { UserName: "ada" });
  await makeDevice(iam);
  const [AuthenticationCode1, AuthenticationCode2] = await codes(iam, -1);
  await iam.call("EnableMFADevice", {
    UserName: "ada",
    SerialNumber: SERIAL,
    AuthenticationCode1,
    AuthenticationCode2,
  });
}

export const TAGGED_DEVICE: TaggedThing = {
  kind: "MFADevice",
  named: { SerialNumber: SERIAL },
  absent: { SerialNumber: `${ARN}mfa/nobody` },
  arn: SERIAL,
  make: makeDevice,
};
