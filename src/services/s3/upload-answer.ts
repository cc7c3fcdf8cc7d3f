import { canonicalUserId } from "./names.js";
import type { Bucket, Upload } from "./store/index.js";

/** Who began an upload: a user or role by its ARN, the account's root by its canonical id. */
export function initiatorOf(bucket: Bucket, upload: Upload): { ID: string; DisplayName: string } {
  const isRoot = upload.initiator === "" || upload.initiator.endsWith(":root");
  const ID = isRoot ? canonicalUserId(bucket.account) : upload.initiator;
  return { ID, DisplayName: upload.initiator.split("/").pop() ?? "" };
}
