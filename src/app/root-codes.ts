import { mfaDeviceOf, provenBy, spendCode } from "../identity/index.js";
import type { S3Options } from "../services/s3/index.js";
import type { Database } from "../store/index.js";

/** Codes of the devices of roots, which S3's MFA delete asks for. A code that proved something is used up. */
export const rootCodes =
  (iam: Database): NonNullable<S3Options["spendRootCode"]> =>
  async (account, { serial, code }, now) => {
    const device = await iam.read((tx) => mfaDeviceOf(tx, account, account, serial));
    const proven = device && provenBy(device, code, now.getTime());
    return proven !== undefined && iam.write((tx) => spendCode(tx, proven));
  };
