import type { RequestContext } from "../../kit/index.js";
import { bucketEncryption } from "./bucket-encryption.js";
import { type CustomerInput, type CustomerKey, hasCustomerKey, parseCustomerKey } from "./customer-key.js";
import { openDataKey, tryCustomerKey } from "./data-key.js";
import { errors } from "./errors.js";
import type { BodyKey } from "./piece-format.js";
import type { S3Ports } from "./ports.js";
import type { Bucket, Upload } from "./store/index.js";

/** A part brings the customer's key exactly where its upload was begun with one (s3 section 5, one text for both ways). */
export function partCustomerKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  upload: Upload,
  input: CustomerInput,
): CustomerKey | undefined {
  if (hasCustomerKey(input) !== (upload.encryption.mode === "SSE-C")) {
    throw errors.invalidRequest(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    );
  }
  if (hasCustomerKey(input) && bucketEncryption(bucket, ports.rules).blocksSseC) throw errors.accessDenied();
  return parseCustomerKey(ctx, ports, input, "write");
}

/** The upload's data key. Another customer's key than the one that the upload was begun with is told apart here. */
export function openPartKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  upload: Upload,
  customerKey: CustomerKey | undefined,
): Promise<BodyKey> {
  if (customerKey !== undefined && tryCustomerKey(ports, bucket, upload, customerKey) === undefined) {
    throw errors.invalidRequest("The provided encryption parameters did not match the ones used originally.");
  }
  return openDataKey(ctx, ports, bucket, upload, customerKey);
}

/**
 * S3 reads the parts back when an upload is completed: without a right to do so in the caller's name there is no
 * object. A customer's key is asked for only where somebody chose a checksum, and looked at wherever it comes.
 */
export async function proveUploadKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  upload: Upload,
  input: CustomerInput,
): Promise<void> {
  const isCustomers = upload.encryption.mode === "SSE-C";
  if (isCustomers && !hasCustomerKey(input) && !upload.checksum.asked) return;
  await openPartKey(ctx, ports, bucket, upload, partCustomerKey(ctx, ports, bucket, upload, input));
}
