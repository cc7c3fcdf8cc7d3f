import type { Bucket, StoredObject, Upload } from "../store/index.js";
import { lifecycleOf } from "./configuration.js";
import { abortOf, expiryOf } from "./due.js";

/** The header `x-amz-expiration`: told of current objects, where no version was named. */
export function expirationMember(
  bucket: Bucket,
  object: Pick<StoredObject, "key" | "bytes" | "tags" | "modifiedMs">,
): { Expiration?: string } {
  const lifecycle = lifecycleOf(bucket);
  const expiry = lifecycle && expiryOf(lifecycle, object);
  if (!expiry) return {};
  const date = new Date(expiry.atMs).toUTCString();
  return { Expiration: `expiry-date="${date}", rule-id="${encodeURIComponent(expiry.ruleId)}"` };
}

/** The headers `x-amz-abort-date` and `x-amz-abort-rule-id`. */
export function abortMembers(
  bucket: Bucket,
  upload: Pick<Upload, "key" | "initiatedMs">,
): { AbortDate?: Date; AbortRuleId?: string } {
  const lifecycle = lifecycleOf(bucket);
  const abort = lifecycle && abortOf(lifecycle, upload);
  return abort ? { AbortDate: new Date(abort.atMs), AbortRuleId: abort.ruleId } : {};
}
