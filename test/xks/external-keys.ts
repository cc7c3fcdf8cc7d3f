import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { findBase64, integrityValue, managerAad, type Parts } from "./parts.js";

/** A key of the stub's key manager. */
export interface ExternalKey {
  readonly bytes: Buffer;
  status: "ENABLED" | "DISABLED";
  usage: readonly string[];
  /** Encryptions carry this as ciphertextMetadata; none when undefined. */
  metadata: Buffer | undefined;
  /** 12 or 16. */
  ivBytes: number;
}

export const newExternalKey = (): ExternalKey => ({
  bytes: randomBytes(32),
  status: "ENABLED",
  usage: ["ENCRYPT", "DECRYPT"],
  metadata: Buffer.from("key_version=1"),
  ivBytes: 12,
});

export interface Outcome {
  readonly status: number;
  readonly body: object;
}

export const refusal = (status: number, errorName: string): Outcome => ({
  status,
  body: { errorName, errorMessage: `the stub says ${errorName}` },
});

const invalid = (): Outcome => refusal(400, "ValidationException");

export const HEALTH = {
  xksProxyFleetSize: 1,
  xksProxyVendor: "Stub",
  xksProxyModel: "Stub 1.0",
  ekmVendor: "Stub",
  ekmFleetDetails: [{ id: "only", model: "Memory", healthStatus: "ACTIVE" }],
};

type Members = Readonly<Record<string, unknown>>;

/** The three APIs on one external key. */
export const KEY_APIS: Readonly<Record<string, (key: ExternalKey, body: Members) => Outcome>> = {
  metadata: (key) => ({
    status: 200,
    body: { keySpec: "AES_256", keyUsage: key.usage, keyStatus: key.status },
  }),
  encrypt: (key, body) => {
    const refused = refusedUse(key, "ENCRYPT", body);
    if (refused !== undefined) return refused;
    const plaintext = findBase64(body["plaintext"]);
    const aad = findBase64(body["additionalAuthenticatedData"]);
    if (plaintext === undefined || isBroken(body, "additionalAuthenticatedData", aad, 8192)) return invalid();
    const asked = body["ciphertextDataIntegrityValueAlgorithm"];
    if (asked !== undefined && asked !== "SHA_256") return invalid();
    return { status: 200, body: encrypt(key, plaintext, aad, asked !== undefined) };
  },
  decrypt: (key, body) => {
    const refused = refusedUse(key, "DECRYPT", body);
    if (refused !== undefined) return refused;
    const [aad, metadata] = [findBase64(body["additionalAuthenticatedData"]), findBase64(body["ciphertextMetadata"])];
    const [iv, ciphertext, tag] = [
      findBase64(body["initializationVector"]),
      findBase64(body["ciphertext"]),
      findBase64(body["authenticationTag"]),
    ];
    if (isBroken(body, "additionalAuthenticatedData", aad, 8192)) return invalid();
    if (isBroken(body, "ciphertextMetadata", metadata, 20)) return invalid();
    if (ciphertext === undefined || tag?.length !== 16 || (iv?.length !== 12 && iv?.length !== 16)) return invalid();
    return decrypt(key, { aad, metadata, iv, ciphertext, tag });
  },
};

function refusedUse(key: ExternalKey, usage: string, body: Members): Outcome | undefined {
  if (body["encryptionAlgorithm"] !== "AES_GCM") return invalid();
  if (key.status !== "ENABLED") return refusal(400, "InvalidStateException");
  return key.usage.includes(usage) ? undefined : refusal(400, "InvalidKeyUsageException");
}

const isBroken = (body: Members, name: string, bytes: Buffer | undefined, limitBytes: number): boolean =>
  body[name] !== undefined && (bytes === undefined || bytes.length > limitBytes);

function encrypt(key: ExternalKey, plaintext: Buffer, aad: Buffer | undefined, withValue: boolean): object {
  const iv = randomBytes(key.ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv).setAAD(managerAad(aad, key.metadata));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const parts: Parts = { aad, metadata: key.metadata, iv, ciphertext, tag: cipher.getAuthTag() };
  return {
    ciphertext: ciphertext.toString("base64"),
    initializationVector: iv.toString("base64"),
    authenticationTag: parts.tag.toString("base64"),
    ...(key.metadata === undefined ? {} : { ciphertextMetadata: key.metadata.toString("base64") }),
    ...(withValue ? { ciphertextDataIntegrityValue: integrityValue(parts).toString("base64") } : {}),
  };
}

function decrypt(key: ExternalKey, parts: Parts): Outcome {
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, parts.iv)
    .setAAD(managerAad(parts.aad, parts.metadata))
    .setAuthTag(parts.tag);
  try {
    const plaintext = Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]);
    return { status: 200, body: { plaintext: plaintext.toString("base64") } };
  } catch {
    // GCM tells only that something is wrong.
    return refusal(400, "InvalidCiphertextException");
  }
}
