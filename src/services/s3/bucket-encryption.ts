import { errors } from "./errors.js";
import type { S3Rules } from "./ports.js";
import type { Bucket } from "./store/index.js";

/** The default encryption of a bucket. It always has one: at least SSE-S3 (s3 section 2). */
export interface BucketEncryption {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse" | "none";
  /** As it was written, in any of KMS's forms; not checked before the first write. */
  readonly keyId?: string;
  readonly bucketKeyEnabled: boolean;
  readonly blocksSseC: boolean;
  /** Put by PutBucketEncryption. An object may then be copied onto itself without headers. */
  readonly isExplicit: boolean;
}

export const ENCRYPTION = "encryption";

export function bucketEncryption(bucket: Bucket, rules: S3Rules): BucketEncryption {
  const text = bucket.settings.get(ENCRYPTION);
  const stored = text === undefined ? implicit(true) : (JSON.parse(text) as BucketEncryption); // written by this module's callers
  return stored.isExplicit ? stored : { ...stored, algorithm: rules.defaultEncryption };
}

/** What a bucket has that nobody configured, and what DELETE resets to. */
export const implicit = (blocksSseC: boolean): BucketEncryption => ({
  algorithm: "AES256",
  bucketKeyEnabled: false,
  blocksSseC,
  isExplicit: false,
});

interface Configuration {
  readonly Rules?: readonly Rule[] | undefined;
}

interface Rule {
  readonly ApplyServerSideEncryptionByDefault?:
    | { readonly SSEAlgorithm?: string | undefined; readonly KMSMasterKeyID?: string | undefined }
    | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly BlockedEncryptionTypes?: { readonly EncryptionType?: readonly string[] | undefined } | undefined;
}

/** Reads a configuration; what it leaves out about SSE-C stays as it is. */
export function parseBucketEncryption(
  configuration: Configuration | undefined,
  before: BucketEncryption,
): BucketEncryption {
  const [rule, second] = configuration?.Rules ?? [];
  if (!rule || second) throw errors.malformedXml();
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId } = rule.ApplyServerSideEncryptionByDefault ?? kept(before);
  if (algorithm !== "AES256" && algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") throw errors.malformedXml();
  if (keyId !== undefined && algorithm === "AES256") {
    throw errors.invalidArgument(
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      "ApplyServerSideEncryptionByDefault",
    );
  }
  const bucketKeyEnabled = rule.BucketKeyEnabled ?? false;
  if (bucketKeyEnabled && algorithm === "aws:kms:dsse") {
    throw errors.invalidArgument("S3 Bucket Keys are not supported for DSSE-KMS.", "BucketKeyEnabled", "true");
  }
  return {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    bucketKeyEnabled,
    blocksSseC: parseBlocked(rule.BlockedEncryptionTypes?.EncryptionType) ?? before.blocksSseC,
    isExplicit: true,
  };
}

/** A rule that says nothing of the default leaves it as it is. */
const kept = ({ algorithm, keyId }: BucketEncryption) => ({
  SSEAlgorithm: algorithm === "none" ? "AES256" : algorithm,
  KMSMasterKeyID: keyId,
});

function parseBlocked(types: readonly string[] | undefined): boolean | undefined {
  if (types === undefined || types.length === 0) return undefined;
  if (types.some((type) => type !== "SSE-C" && type !== "NONE")) throw errors.malformedXml();
  if (types.length > 1) throw errors.malformedXml();
  return types[0] === "SSE-C";
}

/** As GetBucketEncryption shows it. */
export function describeBucketEncryption(encryption: BucketEncryption, bucket: string) {
  const { algorithm } = encryption;
  if (algorithm === "none") {
    throw errors.notConfigured(
      "ServerSideEncryptionConfigurationNotFoundError",
      "The server side encryption configuration was not found",
      bucket,
    );
  }
  return {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: algorithm,
          ...(encryption.keyId === undefined ? {} : { KMSMasterKeyID: encryption.keyId }),
        },
        BucketKeyEnabled: encryption.bucketKeyEnabled,
        ...(encryption.blocksSseC ? { BlockedEncryptionTypes: { EncryptionType: ["SSE-C" as const] } } : {}),
      },
    ],
  };
}
