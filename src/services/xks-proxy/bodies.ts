import { LIMITS } from "../../base/index.js";
import { ProxyError } from "./errors.js";

export type Body = Readonly<Record<string, unknown>>;

/** Who asks KMS and for what, as KMS tells it. It is signed by KMS and believed no further than that. */
export interface RequestMetadata {
  readonly kmsOperation: string;
  readonly kmsRequestId: string;
  /** Absent in GetHealthStatus. */
  readonly awsPrincipalArn?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly kmsViaService?: string | undefined;
}

export function parseBody(bytes: Buffer): Body {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw invalid("The body is not JSON.");
  }
  if (!isObject(parsed)) throw invalid("The body is not a JSON object.");
  return parsed;
}

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type MetadataName = keyof RequestMetadata;

/** What each API must be told (kms 11.3). Operations that are not known here are none of our business. */
const REQUIRED: Readonly<Record<string, readonly MetadataName[]>> = {
  health: ["kmsOperation", "kmsRequestId"],
  metadata: ["kmsOperation", "kmsRequestId", "awsPrincipalArn"],
  encrypt: ["kmsOperation", "kmsRequestId", "awsPrincipalArn", "kmsKeyArn"],
  decrypt: ["kmsOperation", "kmsRequestId", "awsPrincipalArn", "kmsKeyArn"],
};

export function requestMetadata(body: Body, api: string): RequestMetadata {
  const given = body["requestMetadata"];
  if (!isObject(given)) throw invalid("requestMetadata is required.");
  for (const name of REQUIRED[api] ?? []) {
    if (given[name] === undefined || given[name] === null) throw invalid(`requestMetadata.${name} is required.`);
  }
  return {
    kmsOperation: textOf(given, "kmsOperation") ?? "",
    kmsRequestId: textOf(given, "kmsRequestId") ?? "",
    awsPrincipalArn: textOf(given, "awsPrincipalArn"),
    kmsKeyArn: textOf(given, "kmsKeyArn"),
    kmsViaService: textOf(given, "kmsViaService"),
  };
}

function textOf(given: Body, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value.length > LIMITS.xksMetadataChars || !/^[ -~]*$/.test(value))
    throw invalid(`requestMetadata.${name} is malformed.`);
  return value;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function bytesOf(body: Body, name: string): Buffer {
  const value = body[name];
  if (typeof value !== "string" || !BASE64.test(value)) throw invalid(`${name} must be base64.`);
  return Buffer.from(value, "base64");
}

export const optionalBytesOf = (body: Body, name: string): Buffer | undefined =>
  body[name] === undefined || body[name] === null ? undefined : bytesOf(body, name);

export function checkAlgorithm(body: Body): void {
  if (body["encryptionAlgorithm"] !== "AES_GCM") throw invalid("encryptionAlgorithm must be AES_GCM.");
}

/** Whether the integrity value was asked for. */
export function wantsIntegrity(body: Body): boolean {
  const algorithm = body["ciphertextDataIntegrityValueAlgorithm"];
  if (algorithm === undefined || algorithm === null) return false;
  if (algorithm !== "SHA_256") throw invalid("ciphertextDataIntegrityValueAlgorithm must be SHA_256.");
  return true;
}

export function aadOf(body: Body): Buffer {
  const aad = optionalBytesOf(body, "additionalAuthenticatedData") ?? Buffer.alloc(0);
  if (aad.length > LIMITS.encryptionContextBytes) throw invalid("additionalAuthenticatedData is too long.");
  return aad;
}

export const invalid = (message: string) => new ProxyError("ValidationException", message);
