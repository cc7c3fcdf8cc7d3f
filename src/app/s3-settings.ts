import { SECOND_MS } from "../base/index.js";
import { parseS3Rules, type Settings, SettingsError } from "../cli/index.js";
import type { S3Rules } from "../services/s3/index.js";
import { isLoopback } from "./loopback.js";

/** What S3 is to be told of the settings. Keys of customers in the clear on a network keep the server from starting. */
export function s3Rules({ s3, s3Restore, host }: Settings): S3Rules {
  const rules = parseS3Rules(s3);
  if (rules.sseCOverHttp && !isLoopback(host)) {
    throw new SettingsError("s3: sseCOverHttp sends customers' keys in the clear: it needs a loopback --host.");
  }
  return {
    newBucketsBlockSseC: rules.blockSseC,
    kmsNeedsTls: !rules.kmsOverHttp,
    customerKeysNeedTls: !rules.sseCOverHttp,
    defaultEncryption: rules.defaultEncryption,
    restoreMs: s3Restore === "" ? undefined : Number(s3Restore) * SECOND_MS,
  };
}
