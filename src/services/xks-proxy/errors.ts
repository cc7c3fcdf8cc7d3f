import { isAwsError, table } from "../../base/index.js";

/** What the proxy API knows, and the status of each (kms 11.3). */
const STATUS = table({
  ValidationException: 400,
  InvalidStateException: 400,
  InvalidCiphertextException: 400,
  InvalidKeyUsageException: 400,
  AuthenticationFailedException: 401,
  AccessDeniedException: 403,
  KeyNotFoundException: 404,
  InvalidUriPathException: 404,
  ThrottlingException: 429,
  InternalException: 500,
  UnsupportedOperationException: 501,
  DependencyTimeoutException: 503,
});

export type ProxyErrorName = keyof typeof STATUS;

/** A refusal of the proxy. The message is ours: at most 512 printable characters, and never a caller's bytes. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly errorName: ProxyErrorName;

  constructor(errorName: ProxyErrorName, message: string, cause?: unknown) {
    super(message, { cause });
    this.errorName = errorName;
  }

  get status(): number {
    return STATUS[this.errorName];
  }
}

/** What KMS's refusals are called here. */
const FROM_KMS = new Map<string, readonly [ProxyErrorName, string]>([
  ["NotFoundException", ["KeyNotFoundException", "The external key does not exist."]],
  ["InvalidArnException", ["KeyNotFoundException", "The external key does not exist."]],
  ["DisabledException", ["InvalidStateException", "The external key is disabled."]],
  ["KMSInvalidStateException", ["InvalidStateException", "The state of the external key forbids its use."]],
  ["InvalidKeyUsageException", ["InvalidKeyUsageException", "The external key does not encrypt and decrypt."]],
  [
    "InvalidCiphertextException",
    ["InvalidCiphertextException", "The ciphertext or what goes with it is not authentic."],
  ],
  ["AccessDeniedException", ["AccessDeniedException", "The proxy's principal may not use the external key so."]],
  ["DependencyTimeoutException", ["DependencyTimeoutException", "The key store did not answer in time."]],
  ["KeyUnavailableException", ["InternalException", "The key store cannot be used now."]],
  ["ThrottlingException", ["ThrottlingException", "The rate of requests is too high."]],
]);

export function asProxyError(thrown: unknown): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  const known = isAwsError(thrown) ? FROM_KMS.get(thrown.code) : undefined;
  if (known === undefined) return new ProxyError("InternalException", "The request failed inside the proxy.", thrown);
  return new ProxyError(known[0], known[1], thrown);
}
