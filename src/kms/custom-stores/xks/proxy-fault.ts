import { AwsError, rowOf, table } from "../../../base/index.js";
import { invalidStoreState } from "../custom-key-store.js";
import { type ConnectionErrorCode, StoreConnectionError, StoreFailure } from "../port.js";

interface Row {
  /** Of Create- and UpdateCustomKeyStore. */
  readonly management: string;
  /** Of CreateKey; without one the store's state is blamed (CustomKeyStoreInvalidStateException). */
  readonly createKey?: string;
  readonly connection: ConnectionErrorCode;
  /** What callers read, in every case: the proxy's own words stay in the server's log (kms E-10). */
  readonly message: string;
}

const RESPONSE = "XksProxyInvalidResponseException";
const UNREACHABLE = "XksProxyUriUnreachableException";
const KEY_CONFIGURATION = "XksKeyInvalidConfigurationException";

/** Every way in which a proxy can fail: the errors that it names, and those that it cannot (kms 11.2). */
const FAULTS = table({
  ValidationException: {
    management: RESPONSE,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key store proxy did not understand the request, or its response cannot be interpreted.",
  },
  InvalidStateException: {
    management: RESPONSE,
    createKey: KEY_CONFIGURATION,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key is not enabled in its external key manager.",
  },
  InvalidCiphertextException: {
    management: RESPONSE,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key store proxy rejected the ciphertext or the encryption context.",
  },
  InvalidKeyUsageException: {
    management: RESPONSE,
    createKey: KEY_CONFIGURATION,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key does not support the requested operation.",
  },
  AuthenticationFailedException: {
    management: "XksProxyIncorrectAuthenticationCredentialException",
    connection: "INVALID_CREDENTIALS",
    message: "The external key store proxy could not authenticate KMS: the proxy authentication credential is wrong.",
  },
  AccessDeniedException: {
    management: RESPONSE,
    connection: "XKS_PROXY_ACCESS_DENIED",
    message: "The external key store proxy denied access to the external key.",
  },
  KeyNotFoundException: {
    management: RESPONSE,
    createKey: "XksKeyNotFoundException",
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key store proxy could not find the external key.",
  },
  InvalidUriPathException: {
    management: "XksProxyInvalidConfigurationException",
    connection: "XKS_PROXY_INVALID_CONFIGURATION",
    message: "The URI path of the external key store proxy is invalid.",
  },
  UnsupportedOperationException: {
    management: RESPONSE,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key store proxy does not support the requested operation.",
  },
  ThrottlingException: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_NOT_REACHABLE",
    message: "The external key store proxy rejected the request: the rate of requests is too high.",
  },
  InternalException: {
    management: RESPONSE,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The external key store proxy cannot communicate with the external key manager.",
  },
  DependencyTimeoutException: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_TIMED_OUT",
    message: "The external key manager did not answer the external key store proxy in time.",
  },
  "invalid-response": {
    management: RESPONSE,
    connection: "XKS_PROXY_INVALID_RESPONSE",
    message: "The response of the external key store proxy cannot be interpreted.",
  },
  unreachable: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_NOT_REACHABLE",
    message: "The external key store proxy cannot be reached.",
  },
  tls: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_INVALID_TLS_CONFIGURATION",
    message: "The TLS connection to the external key store proxy failed: its certificate or configuration is invalid.",
  },
  "timed-out": {
    management: UNREACHABLE,
    connection: "XKS_PROXY_TIMED_OUT",
    message: "The external key store proxy did not answer in time.",
  },
  resting: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_NOT_REACHABLE",
    message: "The external key store proxy failed repeatedly and is not asked for a moment.",
  },
  unwell: {
    management: UNREACHABLE,
    connection: "XKS_PROXY_NOT_REACHABLE",
    message: "Every external key manager behind the external key store proxy is unavailable.",
  },
} satisfies Record<string, Row>);

export type FaultName = keyof typeof FAULTS;

/** The faults that a proxy names itself. */
export const isNamedFault = (name: string): name is FaultName => /Exception$/.test(name) && Object.hasOwn(FAULTS, name);

export class ProxyFault extends Error {
  override readonly name = "ProxyFault";
  readonly fault: FaultName;

  /** `detail` is for the operator's log alone. */
  constructor(fault: FaultName, detail = "") {
    super(`${fault} ${detail}`.trim());
    this.fault = fault;
  }
}

/** Faults of the way there, after which another request would hardly fare better. */
export const isOfTransport = ({ fault }: ProxyFault): boolean =>
  fault === "unreachable" || fault === "tls" || fault === "timed-out";

const rowFor = (thrown: ProxyFault): Row => rowOf(FAULTS, thrown.fault) ?? FAULTS["invalid-response"];

export const asManagementError = (thrown: unknown): unknown =>
  thrown instanceof ProxyFault
    ? new AwsError(rowFor(thrown).management, rowFor(thrown).message, { cause: thrown })
    : thrown;

export function asCreateKeyError(thrown: unknown): unknown {
  if (!(thrown instanceof ProxyFault)) return thrown;
  const { createKey, message } = rowFor(thrown);
  return createKey === undefined ? invalidStoreState(message) : new AwsError(createKey, message, { cause: thrown });
}

export const asConnectionError = (thrown: unknown): unknown =>
  thrown instanceof ProxyFault ? new StoreConnectionError(rowFor(thrown).connection, thrown.message) : thrown;

export const asStoreFailure = (thrown: unknown): unknown =>
  thrown instanceof ProxyFault ? new StoreFailure(rowFor(thrown).message, { cause: thrown }) : thrown;
