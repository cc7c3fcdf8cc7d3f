import { createHash } from "node:crypto";
import { type Bytes, equalBytes } from "../../../base/index.js";

/** What a proxy gives for a plaintext (kms 11.3). */
export interface ProxyCiphertext {
  readonly ciphertext: Buffer;
  readonly initializationVector: Buffer;
  readonly authenticationTag: Buffer;
  /** Empty when the proxy gave none. */
  readonly metadata: Buffer;
}

/** SHA-256(AAD ‖ metadata ‖ IV ‖ ciphertext ‖ tag): a check of what travelled, not a secret. */
export function integrityValue(aad: Bytes, made: ProxyCiphertext): Buffer {
  const hash = createHash("sha256").update(aad).update(made.metadata).update(made.initializationVector);
  return hash.update(made.ciphertext).update(made.authenticationTag).digest();
}

export const isIntact = (aad: Bytes, made: ProxyCiphertext, value: Buffer): boolean =>
  equalBytes(integrityValue(aad, made), value);
