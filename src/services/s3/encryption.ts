import type { CustomerKey } from "./customer-key.js";

/** How an object is encrypted, as stored with it. Nothing is ever stored in another mode than was asked for. */
export type ObjectEncryption =
  /** `none` is how S3 speaks of an object; on the disk its bytes are sealed as all others are. */
  { readonly mode: "AES256" } | { readonly mode: "none" } | CustomerEncryption | KmsEncryption;

export interface CustomerEncryption {
  readonly mode: "SSE-C";
  /** Of a replica alone. */
  readonly origin?: Origin;
}

/** The body that was sealed when the customer's key was there: what a replica's bytes and wrapped key are bound to. */
export interface Origin {
  readonly bucketId: string;
  readonly bodyId: string;
}

export const originOf = (encryption: ObjectEncryption): Origin | undefined =>
  encryption.mode === "SSE-C" ? encryption.origin : undefined;

export interface KmsEncryption {
  readonly mode: "aws:kms" | "aws:kms:dsse";
  readonly keyArn: string;
  /** The caller's own pairs; `aws:s3:arn` is added at each use. */
  readonly context: Readonly<Record<string, string>>;
  /** With a bucket key the bucket's ARN stands in the context, not the object's. */
  readonly bucketKey: boolean;
}

/** What will be done to a write, decided from its headers and the bucket before any key is touched. */
export type EncryptionPlan = (OwnedPlan | KmsPlan | CustomerPlan) & {
  /** From the bucket's default, not from headers. */
  readonly isDefault: boolean;
};

interface OwnedPlan {
  readonly mode: "AES256" | "none";
}

export interface KmsPlan {
  readonly mode: "aws:kms" | "aws:kms:dsse";
  /** Any of KMS's four forms. */
  readonly keyId: string;
  readonly context: Readonly<Record<string, string>>;
  readonly bucketKey: boolean;
}

interface CustomerPlan {
  readonly mode: "SSE-C";
  readonly customerKey: CustomerKey;
}

export const isKms = <Some extends { readonly mode: string }>(
  encryption: Some,
): encryption is Some & { readonly mode: KmsEncryption["mode"] } =>
  encryption.mode === "aws:kms" || encryption.mode === "aws:kms:dsse";

export const customerKeyOf = (plan: EncryptionPlan): CustomerKey | undefined =>
  plan.mode === "SSE-C" ? plan.customerKey : undefined;

/** The encryption members of an answer. `BucketKeyEnabled` is told only when true, a customer's key by its MD5 alone. */
export function encryptionMembers(
  encryption: ObjectEncryption,
  customerKey?: CustomerKey,
): {
  ServerSideEncryption?: "AES256" | KmsEncryption["mode"];
  SSEKMSKeyId?: string;
  BucketKeyEnabled?: true;
  SSECustomerAlgorithm?: "AES256";
  SSECustomerKeyMD5?: string;
} {
  switch (encryption.mode) {
    case "none":
      return {};
    case "AES256":
      return { ServerSideEncryption: "AES256" };
    case "SSE-C":
      return customerKey ? { SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: customerKey.md5 } : {};
    default:
      return {
        ServerSideEncryption: encryption.mode,
        SSEKMSKeyId: encryption.keyArn,
        ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
      };
  }
}

/** The context as answers of PUT, COPY and CreateMultipartUpload echo it. */
export function contextMember(encryption: ObjectEncryption): { SSEKMSEncryptionContext?: string } {
  if (!isKms(encryption) || Object.keys(encryption.context).length === 0) return {};
  return { SSEKMSEncryptionContext: Buffer.from(JSON.stringify(encryption.context)).toString("base64") };
}

/** The ETag is the plaintext's MD5 where S3 holds the keys alone; else 32 random hex digits that tell nothing (s3 section 3.1). */
export const etagIsMd5 = ({ mode }: ObjectEncryption): boolean => mode === "AES256" || mode === "none";

const APPLIED = { AES256: "SSE_S3", "aws:kms": "SSE_KMS", "aws:kms:dsse": "DSSE_KMS", "SSE-C": "SSE_C" } as const;

/** CloudTrail's `additionalEventData.SSEApplied`; nothing of an object that S3 left unencrypted. */
export function sseApplied(plan: EncryptionPlan): { SSEApplied?: string } {
  if (plan.mode === "none") return {};
  return { SSEApplied: plan.isDefault ? `Default_${APPLIED[plan.mode]}` : APPLIED[plan.mode] };
}
