import { AwsError, LIMITS } from "../base/index.js";
import { canonicalContext } from "../crypto/index.js";
import type { EncryptionContext } from "./port.js";

/** What is authenticated with every ciphertext: the canonical bytes of the context (kms B-5), bounded. */
export function contextBytes(context: EncryptionContext | undefined): Buffer {
  const bytes = canonicalContext(context);
  if (bytes.length > LIMITS.encryptionContextBytes) {
    const most = LIMITS.encryptionContextBytes;
    throw new AwsError("ValidationException", `The encryption context is longer than ${most} bytes.`);
  }
  return bytes;
}

/** `kms:EncryptionContext:<k>` and `kms:EncryptionContextKeys` (kms 5.7). Policies compare context keys without case. */
export function addContextValues(
  values: Map<string, string | readonly string[]>,
  context: EncryptionContext | undefined,
): void {
  if (context === undefined) return;
  const names = Object.keys(context);
  if (names.length === 0) return;
  for (const name of names) values.set(`kms:encryptioncontext:${name.toLowerCase()}`, context[name] ?? "");
  values.set("kms:encryptioncontextkeys", names);
}
