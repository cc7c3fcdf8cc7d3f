import type { AccountId, Region } from "../../base/index.js";
import type { KeyId } from "../key.js";

/** One custom key store: its id is unique in an account and a Region. */
export interface StoreRef {
  readonly account: AccountId;
  readonly region: Region;
  /** `cks-` and hex digits. */
  readonly id: string;
}

export type StoreType = "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE";

/** What an adapter needs to reach a cluster. The password is for connecting alone: never in a log, an error or a record. */
export interface HsmSettings extends StoreRef {
  readonly type: "AWS_CLOUDHSM";
  readonly clusterId: string;
  readonly trustAnchor: string;
  readonly password: string;
}

export interface XksSettings extends StoreRef {
  readonly type: "EXTERNAL_KEY_STORE";
  readonly connectivity: "PUBLIC_ENDPOINT" | "VPC_ENDPOINT_SERVICE";
  /** `https://` and a host, without port and path. */
  readonly endpoint: string;
  /** Ends in `/kms/xks/v1`. */
  readonly path: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly vpcService?: string | undefined;
  readonly vpcServiceOwner?: string | undefined;
}

export type StoreSettings = HsmSettings | XksSettings;

/** In whose name a store is asked, and for what. It ends in the key manager's own log. */
export interface StoreUse {
  /** The caller's ARN, a service principal's name, or `AWS Internal`. */
  readonly principalArn: string;
  /** `Encrypt`, `CreateKey`, `ConnectCustomKeyStore`, `KmsHealthCheck` … */
  readonly operation: string;
  readonly requestId: string;
  /** As `kms:ViaService`: `s3.us-east-1.amazonaws.com`. */
  readonly viaService?: string | undefined;
  /** Absent where no KMS key is concerned. */
  readonly kmsKeyArn?: string | undefined;
}

/** A key as its own manager knows it: the external key's id, or the name of a key in a token. */
export interface ExternalKey {
  readonly id: string;
}

/** What CreateKey says of the key that is to be in the store. */
export interface StoreKeyRequest {
  readonly account: AccountId;
  readonly region: Region;
  readonly keyId: KeyId;
  /** External key stores only. */
  readonly xksKeyId?: string | undefined;
}

/**
 * One custom key store as a process uses it. Every method may be called from several requests at once, and in every
 * front process; nothing is remembered between calls but connections.
 */
export interface CustomStore {
  /** Proves that the store can be used. Throws StoreConnectionError. */
  connect(use: StoreUse): Promise<void>;
  /**
   * HSM: makes a key that cannot leave the token. XKS: looks at the external key and makes nothing.
   * Throws AwsError in CreateKey's words (`XksKey…`, CustomKeyStoreInvalidStateException).
   */
  createKey(request: StoreKeyRequest, use: StoreUse): Promise<ExternalKey>;
  /** At most 4300 bytes. `aad` is authenticated and not stored: at most 8192 bytes where KMS encrypts first, 8448 elsewhere. Throws StoreFailure. */
  encrypt(key: ExternalKey, plaintext: Uint8Array, aad: Uint8Array, use: StoreUse): Promise<Uint8Array>;
  /** Opens what `encrypt` gave for the same key and `aad`. Throws StoreFailure for every other. */
  decrypt(key: ExternalKey, sealed: Uint8Array, aad: Uint8Array, use: StoreUse): Promise<Buffer>;
  /** Succeeds if it is already gone. XKS: does nothing, external keys are not ours (kms X-10). */
  destroyKey(key: ExternalKey): Promise<void>;
  /** HSM only (GenerateRandom with a CustomKeyStoreId). Throws StoreFailure. */
  randomBytes?(count: number): Promise<Buffer>;
  /** Asked every few minutes while the store is connected. Throws StoreConnectionError. */
  checkHealth?(use: StoreUse): Promise<void>;
  /** Lets connections and sessions go; calls that run may fail. */
  close(): void;
}

/** How stores of one type are checked and opened. `app` gives one for each type. */
export interface CustomStoreKind<Settings extends StoreSettings> {
  /**
   * True where KMS's own material encrypts first, and the store only what that gave (kms E-5). Then the inner blob
   * names key and material; otherwise they are part of `aad`.
   */
  readonly encryptsTwice: boolean;
  /**
   * What CreateCustomKeyStore and UpdateCustomKeyStore check beyond the rows of other stores: that the cluster or the
   * proxy is there and takes the credential. `previous` is there for updates. Throws AwsError in their words.
   */
  check(settings: Settings, use: StoreUse, previous?: Settings): Promise<void>;
  /** ConnectCustomKeyStore's own refusals before it answers (CloudHsmClusterNotActiveException …). Throws AwsError. */
  checkConnect?(settings: Settings): Promise<void>;
  /** Without any I/O. The store is closed when its settings change. */
  open(settings: Settings): CustomStore;
}

export interface CustomStoreKinds {
  readonly AWS_CLOUDHSM: CustomStoreKind<HsmSettings>;
  readonly EXTERNAL_KEY_STORE: CustomStoreKind<XksSettings>;
}

/** DescribeCustomKeyStores' ConnectionErrorCode. */
export type ConnectionErrorCode =
  | "INTERNAL_ERROR"
  | "NETWORK_ERRORS"
  | "INVALID_CREDENTIALS"
  | "CLUSTER_NOT_FOUND"
  | "INSUFFICIENT_CLOUDHSM_HSMS"
  | "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET"
  | "SUBNET_NOT_FOUND"
  | "USER_LOCKED_OUT"
  | "USER_LOGGED_IN"
  | "USER_NOT_FOUND"
  | "XKS_PROXY_ACCESS_DENIED"
  | "XKS_PROXY_INVALID_CONFIGURATION"
  | "XKS_PROXY_INVALID_RESPONSE"
  | "XKS_PROXY_INVALID_TLS_CONFIGURATION"
  | "XKS_PROXY_NOT_REACHABLE"
  | "XKS_PROXY_TIMED_OUT"
  | "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"
  | "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND";

/** A connection that failed. The store's state becomes FAILED with this code. */
export class StoreConnectionError extends Error {
  override readonly name = "StoreConnectionError";
  readonly code: ConnectionErrorCode;

  /** `detail` is for the operator's log alone. */
  constructor(code: ConnectionErrorCode, detail = "") {
    super(`${code} ${detail}`.trim());
    this.code = code;
  }
}

/**
 * A use of a key that failed in the store, however it failed: the caller reads the message in a
 * KMSInvalidStateException (kms O-29). It says the cause and never repeats what the key manager said.
 */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
}
