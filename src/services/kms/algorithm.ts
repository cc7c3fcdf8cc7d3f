import type { EncryptionAlgorithmSpec } from "@aws-sdk/client-kms";

/** Symmetric unless the caller says otherwise, also where the key is an RSA key: the two do not go together then. */
export const algorithmOf = (input: {
  readonly EncryptionAlgorithm?: EncryptionAlgorithmSpec | undefined;
}): EncryptionAlgorithmSpec => input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
