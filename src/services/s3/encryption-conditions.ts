import type { RequestContext } from "../../kit/index.js";
import type { RequestValues } from "../../policy/index.js";
import { bucketEncryption } from "./bucket-encryption.js";
import { type EncryptionInput, keyIdForConditions } from "./encryption.js";
import { type LockInput, lockValues } from "./object-lock.js";
import { headerValues, requestTagValues } from "./policy.js";
import type { Bucket } from "./store/index.js";
import type { Tag } from "./tagging.js";

const KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/**
 * The condition values of a write. `s3:x-amz-server-side-encryption` is the header alone, so that a policy sees its
 * absence; the key id is the one that S3 will use, from header or default (s3 section 7).
 */
export function writeConditionValues(
  ctx: RequestContext,
  bucket: Bucket,
  input: EncryptionInput & LockInput,
  tags: readonly Tag[],
): RequestValues {
  const keyId = input.ServerSideEncryption === undefined ? defaultKeyId(bucket) : input.SSEKMSKeyId;
  return headerValues(ctx, {
    ...requestTagValues(tags),
    ...lockValues(ctx, input),
    ...(keyId === undefined ? {} : { [KEY_ID]: keyIdForConditions(ctx, keyId) }),
  });
}

function defaultKeyId(bucket: Bucket): string | undefined {
  const { algorithm, keyId } = bucketEncryption(bucket);
  return algorithm === "aws:kms" ? keyId : undefined;
}
