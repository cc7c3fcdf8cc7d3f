import { AwsError, isAwsError, LIMITS, needs, parseArn, parseBase64 } from "../../base/index.js";
import { type KeyHandle, keyHandle, type Secret } from "../../crypto/index.js";
import { callVia } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { bucketEncryption } from "./bucket-encryption.js";
import { errors } from "./errors.js";
import { bucketArn, objectArn } from "./names.js";
import type { S3Ports } from "./ports.js";
import type { Bucket } from "./store/index.js";

/** How an object is encrypted, as stored with it. Nothing is ever stored in another mode than was asked for. */
export type ObjectEncryption =
  | { readonly mode: "AES256" }
  | {
      readonly mode: "aws:kms";
      readonly keyArn: string;
      /** The caller's own pairs; `aws:s3:arn` is added at each use. */
      readonly context: Readonly<Record<string, string>>;
      /** With a bucket key the bucket's ARN stands in the context, not the object's. */
      readonly bucketKey: boolean;
    };

/** What will be done to a write, decided from its headers and the bucket before any key is touched. */
export interface EncryptionPlan {
  readonly mode: "AES256" | "aws:kms";
  /** Any of KMS's four forms. */
  readonly keyId: string;
  readonly context: Readonly<Record<string, string>>;
  readonly bucketKey: boolean;
  /** From the bucket's default, not from headers. */
  readonly isDefault: boolean;
}

/** The encryption members of a write's input. */
export interface EncryptionInput {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSEKMSEncryptionContext?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

const AWS_MANAGED_KEY = "alias/aws/s3";
const HEADER = "x-amz-server-side-encryption";
const CUSTOMER_KEY = "Server Side Encryption with Customer provided key";

/**
 * The precedence of s3 section 1.1: headers win over the bucket's default; `aws:kms` without a key means `aws/s3`,
 * never the bucket's key; the bucket's default applies only to a request without any of the headers.
 */
export function planEncryption(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  input: EncryptionInput,
): EncryptionPlan {
  const byDefault = bucketEncryption(bucket);
  refuseCustomerKey(input, byDefault.blocksSseC);
  const mode = input.ServerSideEncryption ?? byDefault.algorithm;
  const isDefault = input.ServerSideEncryption === undefined;
  if (isDefault) refuseOrphans(input);
  if (mode === "aws:kms:dsse") throw errors.notImplemented("DSSE-KMS is not implemented here; use aws:kms.");
  if (mode !== "AES256" && mode !== "aws:kms") throw badMode(mode);
  if (mode === "AES256") return planOwned(input, isDefault);
  if (ports.rules.kmsNeedsTls && !ctx.secureTransport) throw needsTls();
  refuseVersion2(ctx);
  return {
    mode,
    keyId: (isDefault ? byDefault.keyId : input.SSEKMSKeyId) ?? AWS_MANAGED_KEY,
    context: parseContext(input.SSEKMSEncryptionContext, ctx.caller.principal.kind === "service"),
    bucketKey: input.BucketKeyEnabled ?? byDefault.bucketKeyEnabled,
    isDefault,
  };
}

function planOwned(input: EncryptionInput, isDefault: boolean): EncryptionPlan {
  if (input.SSEKMSKeyId !== undefined || input.SSEKMSEncryptionContext !== undefined) {
    throw errors.invalidArgument(
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${HEADER} : aws:kms`,
      HEADER,
      "AES256",
    );
  }
  return { mode: "AES256", keyId: "", context: {}, bucketKey: false, isDefault };
}

/** A KMS header without the mode's header means nothing, and must not be taken for something. */
function refuseOrphans(input: EncryptionInput): void {
  if (input.SSEKMSKeyId === undefined && input.SSEKMSEncryptionContext === undefined) return;
  throw errors.invalidArgument(
    `Server Side Encryption with AWS KMS managed key requires HTTP header ${HEADER} : aws:kms`,
    HEADER,
  );
}

function refuseCustomerKey(input: EncryptionInput, isBlocked: boolean): void {
  if (!hasCustomerKey(input)) return;
  // Before anything of the key is looked at, so that a right key and a wrong one look the same.
  if (isBlocked) throw errors.accessDenied();
  if (input.ServerSideEncryption !== undefined) {
    throw errors.invalidArgument(
      `${CUSTOMER_KEY} is incompatible with the encryption method specified`,
      HEADER,
      input.ServerSideEncryption,
    );
  }
  throw errors.notImplemented("SSE-C is not implemented here.");
}

const hasCustomerKey = (input: EncryptionInput): boolean =>
  input.SSECustomerAlgorithm !== undefined ||
  input.SSECustomerKey !== undefined ||
  input.SSECustomerKeyMD5 !== undefined;

/** Reads, and writes of parts, take no encryption headers: the object or upload has decided. */
export function refuseEncryptionHeaders(ctx: RequestContext, input: EncryptionInput): void {
  if (ctx.headers[HEADER] !== undefined) {
    throw errors.invalidArgument(`${HEADER} header is not supported for this operation.`, HEADER, ctx.headers[HEADER]);
  }
  // No object here is under a customer's key, so such headers are never applicable.
  if (hasCustomerKey(input))
    throw errors.invalidRequest("The encryption parameters are not applicable to this object.");
}

/** The same for parts, in the words that S3 keeps for uploads (s3 section 5). */
export function refusePartEncryption(ctx: RequestContext, input: EncryptionInput): void {
  if (hasCustomerKey(input)) {
    throw errors.invalidRequest(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    );
  }
  refuseEncryptionHeaders(ctx, input);
}

const badMode = (mode: string) =>
  errors.invalidArgument("The encryption method specified is not supported", HEADER, mode);

const needsTls = () =>
  errors.invalidArgument(
    "Requests specifying Server Side Encryption with AWS KMS managed keys must be made over a secure connection.",
    HEADER,
    "aws:kms",
  );

/** KMS keys are never used on the word of an old signature, be it for a write or a read. */
function refuseVersion2({ signatureVersion }: RequestContext): void {
  if (signatureVersion !== "AWS") return;
  throw errors.invalidArgument(
    "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
    "Authorization",
    "null",
  );
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

/** A data key in use, and what is stored so that it can be had again. */
export interface NewDataKey {
  readonly key: KeyHandle;
  readonly wrapped: Uint8Array;
  readonly encryption: ObjectEncryption;
}

/** One GenerateDataKey in the caller's name, or one key from S3's own. */
export async function newDataKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  plan: EncryptionPlan,
): Promise<NewDataKey> {
  if (plan.mode === "AES256") {
    const owner = { account: bucket.account, region: bucket.region, service: "s3" };
    const made = await ports.ownedKeys.generateDataKey(owner, ownedContext(bucket, key));
    return { key: handleOf(made.plaintext), wrapped: made.blob, encryption: { mode: "AES256" } };
  }
  const context = kmsContext(bucket, key, plan);
  const { bucketKey, keyId } = plan;
  const call = callFor(ctx, bucket);
  if (bucketKey) {
    const made = await asS3(() => ports.bucketKeys.make(call, keyId, context, { bucketId: bucket.id, key }));
    const encryption = { mode: plan.mode, keyArn: made.keyArn, context: plan.context, bucketKey };
    return { key: made.key, wrapped: made.wrapped, encryption };
  }
  const made = await asS3(() => ports.keys.generateDataKey(call, keyId, context));
  return {
    key: handleOf(made.plaintext),
    wrapped: made.blob,
    encryption: { mode: "aws:kms", keyArn: made.keyArn, context: plan.context, bucketKey },
  };
}

/**
 * One Decrypt in the caller's name for each use (s3 section 4). Nothing is remembered but bucket-level keys, and those
 * only until anything changes: a switched-off key is off at once.
 */
export async function openDataKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  stored: { readonly key: string; readonly encryption: ObjectEncryption; readonly dataKey: Uint8Array },
): Promise<KeyHandle> {
  const { encryption } = stored;
  if (encryption.mode === "AES256") {
    return handleOf(await ports.ownedKeys.decryptDataKey(stored.dataKey, ownedContext(bucket, stored.key)));
  }
  refuseVersion2(ctx);
  const context = kmsContext(bucket, stored.key, encryption);
  const call = callFor(ctx, bucket);
  const object = { bucketId: bucket.id, key: stored.key };
  const underBucketKey = ports.bucketKeys.open(call, stored.dataKey, context, object);
  if (underBucketKey !== undefined) return asS3(() => underBucketKey);
  const opened = await asS3(() => ports.keys.decryptDataKey(call, stored.dataKey, context));
  return handleOf(opened.plaintext);
}

/** KMS is asked where the bucket is: the source of a copy may lie in another Region. */
const callFor = (ctx: RequestContext, bucket: Bucket) => {
  const isService = ctx.caller.principal.kind === "service";
  // A service that writes for somebody has said for what: a key policy asks for that, not for the bucket.
  const sourceArn = (isService ? ctx.sourceArn : undefined) ?? bucketArn(bucket.name);
  return callVia({ ...ctx, region: bucket.region }, "s3", sourceArn);
};

function handleOf(secret: Secret): KeyHandle {
  const handle = keyHandle(secret);
  secret.wipe();
  return handle;
}

const ownedContext = (bucket: Bucket, key: string) => ({
  "aws:s3:arn": objectArn(bucket.name, key),
  bucket: bucket.id,
});

function kmsContext(
  bucket: Bucket,
  key: string,
  { context, bucketKey }: { readonly context: Readonly<Record<string, string>>; readonly bucketKey: boolean },
): Record<string, string> {
  // The caller's pairs are not bound into a bucket-level key (s3 section 4).
  if (bucketKey) return { "aws:s3:arn": bucketArn(bucket.name) };
  return { ...context, "aws:s3:arn": objectArn(bucket.name, key) };
}

/** KMS's errors as S3 sends them: `KMS.<name>` with status 400, but a denial is a plain AccessDenied. */
async function asS3<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    if (thrown.code === "AccessDeniedException") throw errors.accessDenied(thrown.message);
    if (thrown.code === "ThrottlingException")
      throw new AwsError("SlowDown", thrown.message, { status: 503, fault: "server" });
    // The blob is one of ours, read from a sealed row: that it does not open is our damage, not the caller's mistake.
    needs(thrown.code !== "InvalidCiphertextException", "a stored data key opens in its context");
    if (thrown.fault === "server") throw thrown;
    throw new AwsError(`KMS.${thrown.code}`, thrown.message, { status: 400 });
  }
}

/** The encryption members of an answer. `BucketKeyEnabled` is told only when true. */
export function encryptionMembers(encryption: ObjectEncryption): {
  ServerSideEncryption: "AES256" | "aws:kms";
  SSEKMSKeyId?: string;
  BucketKeyEnabled?: true;
} {
  if (encryption.mode === "AES256") return { ServerSideEncryption: "AES256" };
  return {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: encryption.keyArn,
    ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
  };
}

/** The context as answers of PUT, COPY and CreateMultipartUpload echo it. */
export function contextMember(encryption: ObjectEncryption): { SSEKMSEncryptionContext?: string } {
  if (encryption.mode === "AES256" || Object.keys(encryption.context).length === 0) return {};
  return { SSEKMSEncryptionContext: Buffer.from(JSON.stringify(encryption.context)).toString("base64") };
}

/** The ETag is the plaintext's MD5 under SSE-S3 alone; else 32 random hex digits that tell nothing (s3 section 3.1). */
export const etagIsMd5 = (encryption: ObjectEncryption): boolean => encryption.mode === "AES256";

/** CloudTrail's `additionalEventData.SSEApplied`. */
export function sseApplied(plan: EncryptionPlan): string {
  const mode = plan.mode === "AES256" ? "SSE_S3" : "SSE_KMS";
  return plan.isDefault ? `Default_${mode}` : mode;
}

/** The key as condition `s3:x-amz-server-side-encryption-aws-kms-key-id` compares it: as an ARN where it can be told. */
export function keyIdForConditions(ctx: RequestContext, keyId: string): string {
  if (parseArn(keyId)) return keyId;
  const resource = keyId.startsWith("alias/") ? keyId : `key/${keyId}`;
  return `arn:aws:kms:${ctx.region}:${ctx.caller.account}:${resource}`;
}
