import { AwsError } from "../../../base/index.js";
import type { CustomStore, ExternalKey, StoreKeyRequest, StoreUse, XksSettings } from "../port.js";
import { isIntact, type ProxyCiphertext } from "./integrity.js";
import {
  isMarked,
  isVectorLength,
  MOST_METADATA_BYTES,
  packCiphertext,
  TAG_BYTES,
  unpackCiphertext,
} from "./outer-layer.js";
import { type ProxyAnswer, ProxyClient, type ProxyOptions, type Trust } from "./proxy-client.js";
import { asConnectionError, asCreateKeyError, asStoreFailure, ProxyFault } from "./proxy-fault.js";

const ALGORITHM = "AES_GCM";

/** An external key store: a proxy in front of somebody else's key manager (kms 11.3). */
export class XksStore implements CustomStore {
  readonly #client: ProxyClient;

  constructor(settings: XksSettings, options: ProxyOptions, trust: Trust) {
    this.#client = new ProxyClient(settings, options, trust);
  }

  connect(use: StoreUse): Promise<void> {
    return this.health(use).catch(rethrow(asConnectionError));
  }

  checkHealth(use: StoreUse): Promise<void> {
    return this.connect(use);
  }

  /** Throws ProxyFault. */
  async health({ operation, requestId }: StoreUse): Promise<void> {
    const use = { operation, requestId, principalArn: "" };
    const requestMetadata = { kmsRequestId: requestId, kmsOperation: operation };
    checkHealthAnswer(await this.#client.ask("/health", { requestMetadata }, use));
  }

  async createKey({ xksKeyId = "" }: StoreKeyRequest, use: StoreUse): Promise<ExternalKey> {
    // These are no names but directions in a path.
    if (xksKeyId === "." || xksKeyId === "..") throw asCreateKeyError(new ProxyFault("KeyNotFoundException"));
    const { kmsKeyArn: _isNotMadeYet, ...known } = use;
    const body = { requestMetadata: metadataOf(known) };
    const answer = await this.#client.ask(`/keys/${xksKeyId}/metadata`, body, use).catch(rethrow(asCreateKeyError));
    checkKeyMetadata(answer);
    return { id: xksKeyId };
  }

  async encrypt(key: ExternalKey, plaintext: Uint8Array, aad: Uint8Array, use: StoreUse): Promise<Uint8Array> {
    const body = {
      requestMetadata: metadataOf(use),
      additionalAuthenticatedData: base64(aad),
      plaintext: base64(plaintext),
      encryptionAlgorithm: ALGORITHM,
      ciphertextDataIntegrityValueAlgorithm: "SHA_256",
    };
    try {
      const answer = await this.#client.ask(`/keys/${key.id}/encrypt`, body, use);
      return packCiphertext(checkedCiphertext(answer, plaintext.length, aad), plaintext);
    } catch (thrown) {
      throw asStoreFailure(thrown);
    }
  }

  async decrypt(key: ExternalKey, sealed: Uint8Array, aad: Uint8Array, use: StoreUse): Promise<Buffer> {
    const { ciphertext, initializationVector, authenticationTag, metadata, mark } = unpackCiphertext(sealed);
    const body = {
      requestMetadata: metadataOf(use),
      additionalAuthenticatedData: base64(aad),
      ciphertext: base64(ciphertext),
      initializationVector: base64(initializationVector),
      authenticationTag: base64(authenticationTag),
      ...(metadata.length === 0 ? {} : { ciphertextMetadata: base64(metadata) }),
      encryptionAlgorithm: ALGORITHM,
    };
    try {
      const plaintext = bytesOf(await this.#client.ask(`/keys/${key.id}/decrypt`, body, use), "plaintext");
      if (plaintext.length !== ciphertext.length || !isMarked(mark, plaintext)) throw invalid("plaintext");
      return plaintext;
    } catch (thrown) {
      throw asStoreFailure(thrown);
    }
  }

  async destroyKey(): Promise<void> {
    // External keys belong to their manager: deleting a KMS key never touches them (kms X-10).
  }

  close(): void {
    this.#client.close();
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

const metadataOf = (use: StoreUse) => ({
  awsPrincipalArn: use.principalArn,
  ...(use.kmsKeyArn === undefined ? {} : { kmsKeyArn: use.kmsKeyArn }),
  kmsOperation: use.operation,
  kmsRequestId: use.requestId,
  ...(use.viaService === undefined ? {} : { kmsViaService: use.viaService }),
});

function rethrow(translate: (thrown: unknown) => unknown): (thrown: unknown) => never {
  return (thrown) => {
    throw translate(thrown);
  };
}

const invalid = (member: string) => new ProxyFault("invalid-response", member);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function bytesOf(answer: ProxyAnswer, member: string): Buffer {
  const text = answer[member];
  if (typeof text !== "string" || !BASE64.test(text)) throw invalid(member);
  return Buffer.from(text, "base64");
}

const optionalBytes = (answer: ProxyAnswer, member: string): Buffer =>
  answer[member] === undefined || answer[member] === null ? Buffer.alloc(0) : bytesOf(answer, member);

/** Every length, and the integrity value, which was asked for (kms E-8). */
function checkedCiphertext(answer: ProxyAnswer, plaintextBytes: number, aad: Uint8Array): ProxyCiphertext {
  const made = {
    ciphertext: bytesOf(answer, "ciphertext"),
    initializationVector: bytesOf(answer, "initializationVector"),
    authenticationTag: bytesOf(answer, "authenticationTag"),
    metadata: optionalBytes(answer, "ciphertextMetadata"),
  };
  if (made.ciphertext.length !== plaintextBytes) throw invalid("ciphertext");
  if (!isVectorLength(made.initializationVector.length)) throw invalid("initializationVector");
  if (made.authenticationTag.length !== TAG_BYTES) throw invalid("authenticationTag");
  if (made.metadata.length > MOST_METADATA_BYTES) throw invalid("ciphertextMetadata");
  const value = bytesOf(answer, "ciphertextDataIntegrityValue");
  if (!isIntact(aad, made, value)) throw invalid("ciphertextDataIntegrityValue");
  return made;
}

/** An AES key of 256 bits that encrypts, decrypts and is enabled (kms E-4). */
function checkKeyMetadata({ keySpec, keyUsage, keyStatus }: ProxyAnswer): void {
  const isAnswer = typeof keySpec === "string" && Array.isArray(keyUsage) && typeof keyStatus === "string";
  if (!isAnswer || keyUsage.length > 10) throw asCreateKeyError(invalid("key metadata"));
  if (keySpec !== "AES_256") throw misconfigured(`its key spec is ${shown(keySpec)} and must be AES_256`);
  if (!keyUsage.includes("ENCRYPT") || !keyUsage.includes("DECRYPT"))
    throw misconfigured(`its key usage is ${shown(keyUsage.join(", "))} and must include ENCRYPT and DECRYPT`);
  if (keyStatus !== "ENABLED") throw misconfigured(`its key status is ${shown(keyStatus)} and must be ENABLED`);
}

const shown = (text: string) => text.replace(/[^ -~]/g, "?").slice(0, 64);

const misconfigured = (why: string) =>
  new AwsError("XksKeyInvalidConfigurationException", `The external key cannot be used: ${why}.`);

const HEALTH = new Set(["ACTIVE", "DEGRADED", "UNAVAILABLE"]);

function checkHealthAnswer(answer: ProxyAnswer): void {
  const { xksProxyFleetSize: size, ekmFleetDetails: fleet } = answer;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 1) throw invalid("xksProxyFleetSize");
  for (const member of ["xksProxyVendor", "xksProxyModel", "ekmVendor"]) {
    if (typeof answer[member] !== "string") throw invalid(member);
  }
  if (!Array.isArray(fleet) || fleet.length < 1 || fleet.length > 10) throw invalid("ekmFleetDetails");
  const states = fleet.map(healthOf);
  if (states.every((state) => state === "UNAVAILABLE")) throw new ProxyFault("unwell");
}

function healthOf(manager: unknown): string {
  const { id, model, healthStatus }: ProxyAnswer =
    typeof manager === "object" && manager !== null ? { ...manager } : {};
  const isManager = typeof id === "string" && typeof model === "string" && typeof healthStatus === "string";
  if (!isManager || !HEALTH.has(healthStatus)) throw invalid("ekmFleetDetails");
  return healthStatus;
}
