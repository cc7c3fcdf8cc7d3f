import { AwsError, LIMITS } from "../base/index.js";
import { canonicalContext } from "../crypto/index.js";
import type { EncryptionContext } from "./port.js";

/** What is authenticated with every ciphertext: the canonical bytes of the context (kms B-5), bounded. */
export function contextBytes(context: EncryptionContext | undefined): Buffer {
  refuseBrokenText(context);
  const bytes = canonicalContext(context);
  if (bytes.length > LIMITS.encryptionContextBytes) {
    const most = LIMITS.encryptionContextBytes;
    throw new AwsError("ValidationException", `The encryption context is longer than ${most} bytes.`);
  }
  return bytes;
}

/** Half a surrogate pair has no bytes in UTF-8: contexts that differ only in such halves would be one and the same. */
function refuseBrokenText(context: EncryptionContext | undefined): void {
  for (const name in context) {
    if (isWhole(name) && isWhole(context[name] ?? "")) continue;
    throw new AwsError("ValidationException", "The encryption context holds text that is not well-formed Unicode.");
  }
}

const isWhole = (text: string) => !/\p{Surrogate}/u.test(text);

const NAMES = "kms:encryptioncontextkeys";
const VALUE = "kms:encryptioncontext:";

/** `kms:EncryptionContext:<k>` and `kms:EncryptionContextKeys` (kms 5.7). Policies compare context keys without case. */
export function contextValue(
  context: EncryptionContext | undefined,
  name: string,
): string | readonly string[] | undefined {
  if (context === undefined) return undefined;
  const keys = Object.keys(context);
  if (name === NAMES) return keys.length === 0 ? undefined : keys;
  if (!name.startsWith(VALUE)) return undefined;
  const wanted = name.slice(VALUE.length);
  const key = keys.find((each) => each.toLowerCase() === wanted);
  return key === undefined ? undefined : context[key];
}
