import { LIMITS, parseBase64 } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { type BucketEncryption, bucketEncryption } from "./bucket-encryption.js";
import { type CustomerInput, hasCustomerKey, parseCustomerKey } from "./customer-key.js";
import type { EncryptionPlan, KmsPlan } from "./encryption.js";
import { errors } from "./errors.js";
import type { S3Ports } from "./ports.js";
import type { Bucket } from "./store/index.js";

/** The encryption members of a write's input. */
export interface EncryptionInput extends CustomerInput {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
}

export const AWS_MANAGED_KEY = "alias/aws/s3";
const HEADER = "x-amz-server-side-encryption";
const KEY_ID_HEADER = `${HEADER}-aws-kms-key-id`;
const CUSTOMER_KEY = "Server Side Encryption with Customer provided key";

/**
 * The precedence of s3 section 1.1: headers win over the bucket's default; `aws:kms` without a key means `aws/s3`,
 * never the bucket's key; the bucket's default applies only to a request without any of the headers; a blocked type is
 * refused before anything else of it is looked at.
 */
export function planEncryption(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  input: EncryptionInput,
): EncryptionPlan {
  const byDefault = bucketEncryption(bucket, ports.rules);
  if (hasCustomerKey(input)) return planCustomerKey(ctx, ports, byDefault, input);
  const { ServerSideEncryption: asked } = input;
  if (asked === undefined) refuseOrphans(input);
  const mode = asked ?? byDefault.algorithm;
  const isDefault = asked === undefined;
  if (mode === "none" && isDefault) return { mode, isDefault };
  if (mode === "AES256") return planOwned(input, isDefault);
  if (mode !== "aws:kms" && mode !== "aws:kms:dsse") throw badMode(mode);
  refuseUnsafeKmsUse(ctx, ports);
  return { ...planKms(ctx, mode, byDefault, input), isDefault };
}

function planCustomerKey(
  ctx: RequestContext,
  ports: S3Ports,
  byDefault: BucketEncryption,
  input: EncryptionInput,
): EncryptionPlan {
  // Before anything of the key is looked at, so that a right key and a wrong one look the same.
  if (byDefault.blocksSseC) throw errors.accessDenied();
  if (input.ServerSideEncryption !== undefined) {
    throw errors.invalidArgument(
      `${CUSTOMER_KEY} is incompatible with the encryption method specified`,
      HEADER,
      input.ServerSideEncryption,
    );
  }
  refuseOrphans(input);
  const customerKey = parseCustomerKey(ctx, ports, input, "write");
  if (customerKey === undefined) throw errors.accessDenied(); // planned only for requests that bring one
  return { mode: "SSE-C", customerKey, isDefault: false };
}

function planOwned(input: EncryptionInput, isDefault: boolean): EncryptionPlan {
  if (input.SSEKMSKeyId !== undefined || input.SSEKMSEncryptionContext !== undefined) {
    throw errors.invalidArgument(
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${HEADER} : aws:kms`,
      HEADER,
      "AES256",
    );
  }
  return { mode: "AES256", isDefault };
}

function planKms(
  ctx: RequestContext,
  mode: KmsPlan["mode"],
  byDefault: BucketEncryption,
  input: EncryptionInput,
): KmsPlan {
  const isDefault = input.ServerSideEncryption === undefined;
  return {
    mode,
    keyId: (isDefault ? byDefault.keyId : input.SSEKMSKeyId) ?? AWS_MANAGED_KEY,
    context: parseContext(input.SSEKMSEncryptionContext, ctx.caller.principal.kind === "service"),
    bucketKey: mode === "aws:kms" ? (input.BucketKeyEnabled ?? byDefault.bucketKeyEnabled) : noBucketKey(input),
  };
}

/** Every use of a DSSE-KMS object is a call to KMS: there is no key in between. */
function noBucketKey({ BucketKeyEnabled }: EncryptionInput): false {
  if (BucketKeyEnabled !== true) return false;
  throw errors.invalidArgument(
    "S3 Bucket Keys are not supported for DSSE-KMS.",
    `${HEADER}-bucket-key-enabled`,
    "true",
  );
}

/** A KMS header without the mode's header means nothing, and must not be taken for something. */
function refuseOrphans(input: EncryptionInput): void {
  if (input.SSEKMSKeyId === undefined && input.SSEKMSEncryptionContext === undefined) return;
  throw errors.invalidArgument(
    `Server Side Encryption with AWS KMS managed key requires HTTP header ${HEADER} : aws:kms`,
    HEADER,
  );
}

/** Reads, and writes of parts, take neither mode nor key: the object or upload has decided. */
export function refuseEncryptionHeader({ headers }: RequestContext): void {
  const name = headers[HEADER] === undefined ? KEY_ID_HEADER : HEADER;
  if (headers[name] === undefined) return;
  throw errors.invalidArgument(`${name} header is not supported for this operation.`, name, headers[name]);
}

const badMode = (mode: string) =>
  errors.invalidArgument("The encryption method specified is not supported", HEADER, mode.slice(0, 200));

const WITH_KMS_KEYS = "Requests specifying Server Side Encryption with AWS KMS managed keys";

/** KMS keys are never used on the word of an old signature, be it for a write or a read. */
export function refuseUnsafeKmsUse(ctx: RequestContext, { rules }: S3Ports): void {
  if (rules.kmsNeedsTls && !ctx.secureTransport) {
    throw errors.invalidArgument(`${WITH_KMS_KEYS} must be made over a secure connection.`, HEADER, "aws:kms");
  }
  if (ctx.signatureVersion !== "AWS") return;
  throw errors.invalidArgument(`${WITH_KMS_KEYS} require AWS Signature Version 4.`, "Authorization", "null");
}

/**
 * `x-amz-server-side-encryption-context`: base64 of a JSON object of strings. S3 keeps `aws:` for itself and for other
 * services of the house, which name what they write for there.
 */
function parseContext(header: string | undefined, isService: boolean): Record<string, string> {
  if (header === undefined) return {};
  const name = `${HEADER}-context`;
  if (header.length > LIMITS.encryptionContextBytes * 2) throw badContext(name, header);
  const pairs = jsonObject(parseBase64(header)?.toString("utf8"));
  const isContext =
    pairs &&
    Object.entries(pairs).every(([key, value]) => typeof value === "string" && (isService || !/^aws:/i.test(key)));
  if (!isContext) throw badContext(name, header);
  return pairs as Record<string, string>; // every value is a string
}

const badContext = (name: string, header: string) =>
  errors.invalidArgument(
    `The header '${name}' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map`,
    name,
    header.slice(0, 200),
  );

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // what is not JSON is refused by the caller
  }
}
