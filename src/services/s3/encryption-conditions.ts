import type { RequestContext } from "../../kit/index.js";
import type { RequestValues } from "../../policy/index.js";
import { bucketEncryption } from "./bucket-encryption.js";
import { hasCustomerKey } from "./customer-key.js";
import { isKms, type ObjectEncryption } from "./encryption.js";
import { AWS_MANAGED_KEY, type EncryptionInput } from "./encryption-plan.js";
import { type LockInput, lockValues } from "./object-lock.js";
import { headerValues, requestTagValues } from "./policy.js";
import type { S3Ports } from "./ports.js";
import type { Bucket } from "./store/index.js";
import type { Tag } from "./tagging.js";

const SSE = "s3:x-amz-server-side-encryption";
const KEY_ID = `${SSE}-aws-kms-key-id`;

/** Whether an object is there afterwards: of an upload, only its completion creates one. */
export const CREATES = "s3:objectcreationoperation";

/**
 * The condition values of a write. `s3:x-amz-server-side-encryption` is the header alone, so that a policy sees its
 * absence; the key id is the one that S3 will use, from header or default (s3 section 7).
 */
export async function writeConditionValues(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  input: EncryptionInput & LockInput,
  tags: readonly Tag[],
  creates: boolean,
): Promise<RequestValues> {
  const keyId = effectiveKeyId(ports, bucket, input);
  return headerValues(ctx, {
    ...requestTagValues(tags),
    ...lockValues(ctx, input),
    [CREATES]: String(creates),
    ...(keyId === undefined ? {} : { [KEY_ID]: await ports.keys.arnOf({ ...ctx, region: bucket.region }, keyId) }),
  });
}

function effectiveKeyId({ rules }: S3Ports, bucket: Bucket, input: EncryptionInput): string | undefined {
  if (hasCustomerKey(input)) return undefined;
  const byDefault = bucketEncryption(bucket, rules);
  const isDefault = input.ServerSideEncryption === undefined;
  if (!isKms({ mode: input.ServerSideEncryption ?? byDefault.algorithm })) return undefined;
  return (isDefault ? byDefault.keyId : input.SSEKMSKeyId) ?? AWS_MANAGED_KEY;
}

/** The same of what was decided earlier: an upload's parts carry no such headers. */
export function storedEncryptionValues(encryption: ObjectEncryption): Record<string, string> {
  if (encryption.mode === "none") return {};
  if (encryption.mode === "SSE-C") return { [`${SSE}-customer-algorithm`]: "AES256" };
  return { [SSE]: encryption.mode, ...(isKms(encryption) ? { [KEY_ID]: encryption.keyArn } : {}) };
}
