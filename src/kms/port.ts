import type { Secret } from "../crypto/index.js";
import type { CallContext } from "../identity/index.js";

export type EncryptionContext = Readonly<Record<string, string>>;

/** A data key as a storage service holds it: the plaintext for now, the blob for ever. The service wipes the plaintext. */
export interface DataKey {
  /** The KMS key's full ARN: what services echo. */
  readonly keyArn: string;
  readonly materialId: string;
  readonly plaintext: Secret;
  readonly blob: Uint8Array;
}

/**
 * How every service uses keys (promise I2: in the caller's name; I4: revocation at the next call). Each call
 * resolves the key, authorizes the caller with `kms:ViaService`, checks the key's state, does the cryptography and
 * writes the caller's KMS record into the trail (`invokedBy` the service) durably before it resolves.
 *
 * `call` is what `callVia(ctx, "s3", bucketArn)` gives. `keyId` takes all four forms of the KMS API;
 * `alias/aws/<service>` makes the AWS managed key on first use.
 *
 * Throws AWS KMS's own errors as AwsError: NotFoundException, DisabledException, KMSInvalidStateException,
 * InvalidKeyUsageException (not a symmetric encryption key), InvalidCiphertextException, AccessDeniedException …
 */
export interface Keys {
  generateDataKey(call: CallContext, keyId: string, context: EncryptionContext): Promise<DataKey>;
  decryptDataKey(call: CallContext, blob: Uint8Array, context: EncryptionContext): Promise<DataKey>;
  /**
   * The ARN of the key that this name means now, for policies' conditions: nobody is asked for leave, and nothing is
   * made. What names no key here becomes the ARN that it would have.
   */
  arnOf(call: CallContext, keyId: string): Promise<string>;
  /** Changes whenever any key, grant, policy or alias may have changed in any process. A cached data key of an older epoch is dead. */
  epoch(): number;
}

/**
 * AWS owned keys: one a service, account and Region, invisible to users, without a record in their trail (S3's
 * SSE-S3, DynamoDB's default). Real material all the same, made on first use.
 */
export interface OwnedKeys {
  generateDataKey(
    owner: { account: string; region: string; service: string },
    context: EncryptionContext,
  ): Promise<{ plaintext: Secret; blob: Uint8Array }>;
  decryptDataKey(blob: Uint8Array, context: EncryptionContext): Promise<Secret>;
}
