import { createHash } from "node:crypto";
import { asBuffer, equalBytes, needs, parseBase64, utf8 } from "../../base/index.js";
import {
  hkdf,
  KEY_BYTES,
  type KeyHandle,
  keyHandle,
  ownedHandle,
  publicRandom,
  SealingKey,
  type Secret,
} from "../../crypto/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import type { S3Ports } from "./ports.js";

/** A key that a request brought (SSE-C). It is used while the request runs, and nothing of it is kept but a verifier. */
export interface CustomerKey {
  readonly key: KeyHandle;
  /** Base64, as answers tell it back. */
  readonly md5: string;
}

/** The three headers, be they the object's or a copy source's. */
export interface CustomerInput {
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSECustomerKey?: string | undefined;
  readonly SSECustomerKeyMD5?: string | undefined;
}

interface SourceCustomerInput {
  readonly CopySourceSSECustomerAlgorithm?: string | undefined;
  readonly CopySourceSSECustomerKey?: string | undefined;
  readonly CopySourceSSECustomerKeyMD5?: string | undefined;
}

export const sourceCustomerInput = (input: SourceCustomerInput): CustomerInput => ({
  SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
  SSECustomerKey: input.CopySourceSSECustomerKey,
  SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
});

const HEADER = "x-amz-server-side-encryption";
const WITH_CUSTOMER_KEYS = "Requests specifying Server Side Encryption with Customer provided keys must";
const MD5_BYTES = 16;

export const hasCustomerKey = (input: CustomerInput): boolean =>
  input.SSECustomerAlgorithm !== undefined ||
  input.SSECustomerKey !== undefined ||
  input.SSECustomerKeyMD5 !== undefined;

/** Undefined when the request brings none of the three headers. Throws S3's word for each way to be wrong (s3 section 5). */
export function parseCustomerKey(
  ctx: RequestContext,
  ports: S3Ports,
  input: CustomerInput,
  use: "write" | "read",
): CustomerKey | undefined {
  if (!hasCustomerKey(input)) return undefined;
  if (ports.rules.customerKeysNeedTls && !ctx.secureTransport) {
    throw errors.invalidRequest(`${WITH_CUSTOMER_KEYS} be made over a secure connection.`);
  }
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm === undefined) throw missing("provide a valid encryption algorithm.");
  if (algorithm !== "AES256") throw errors.invalidEncryptionAlgorithm(algorithm.slice(0, 200));
  if (key === undefined) throw missing("provide an appropriate secret key.");
  if (md5 === undefined) throw missing("provide the client calculated MD5 of the secret key.");
  return checkedKey(parseBase64(key), md5, use);
}

const missing = (what: string) => errors.invalidArgument(`${WITH_CUSTOMER_KEYS} ${what}`, HEADER, "null");

/** The bytes are wiped whatever comes of them. */
function checkedKey(bytes: Buffer | undefined, md5: string, use: "write" | "read"): CustomerKey {
  try {
    // A read with too long a key is refused as one with a wrong key is: so it was recorded.
    if (use === "read" && bytes !== undefined && bytes.length > KEY_BYTES) throw wrongCustomerKey();
    if (bytes?.length !== KEY_BYTES) {
      throw errors.invalidArgument("The secret key was invalid for the specified algorithm.", HEADER);
    }
    const given = parseBase64(md5);
    const calculated = createHash("md5").update(bytes).digest();
    if (given?.length !== MD5_BYTES || !equalBytes(given, calculated)) {
      throw errors.invalidArgument(
        "The calculated MD5 hash of the key did not match the hash that was provided.",
        HEADER,
      );
    }
    return { key: ownedHandle(bytes), md5: calculated.toString("base64") };
  } finally {
    bytes?.fill(0);
  }
}

export const wrongCustomerKey = () => errors.accessDenied(`${WITH_CUSTOMER_KEYS} provide the correct secret key.`);

/** Format of a wrapped data key, docs/formats/s3-object.md: version, salt, verifier, the data key as a sealed record. */
const VERSION = 0xc1;
const SALT_BYTES = 32;
const VERIFIER_AT = 1 + SALT_BYTES;
const SEALED_AT = VERIFIER_AT + KEY_BYTES;
const VERIFIER = utf8("strongroom/s3-customer-key/1/verifier");
const WRAPPING = utf8("strongroom/s3-customer-key/1/wrapping");

/** The data key under a key derived from the customer's. `binding` says which object it is for. */
export function wrapForCustomer({ key }: CustomerKey, dataKey: Secret, binding: Buffer): Uint8Array {
  const salt = publicRandom(SALT_BYTES);
  const wrapping = wrappingKey(key, salt);
  const sealed = dataKey.use((bytes) => wrapping.seal(bytes, binding));
  return Buffer.concat([Buffer.of(VERSION), salt, verifierOf(key, salt), sealed]);
}

/** Undefined when this is not the key that the object was written with. */
export function unwrapForCustomer({ key }: CustomerKey, wrapped: Uint8Array, binding: Buffer): KeyHandle | undefined {
  needs(wrapped[0] === VERSION, "an SSE-C object's data key is wrapped under its customer's key");
  const bytes = asBuffer(wrapped);
  const salt = bytes.subarray(1, VERIFIER_AT);
  if (!equalBytes(verifierOf(key, salt), bytes.subarray(VERIFIER_AT, SEALED_AT))) return undefined;
  return ownedHandle(wrappingKey(key, salt).open(bytes.subarray(SEALED_AT), binding));
}

/** It tells a right key from a wrong one, and nothing of either: HKDF's outputs for two purposes are independent. */
function verifierOf(key: KeyHandle, salt: Uint8Array): Buffer {
  const verifier = hkdf(key, salt, VERIFIER);
  const copy = verifier.use((bytes) => Buffer.from(bytes));
  verifier.wipe();
  return copy;
}

function wrappingKey(key: KeyHandle, salt: Uint8Array): SealingKey {
  const secret = hkdf(key, salt, WRAPPING);
  const handle = keyHandle(secret);
  secret.wipe();
  return new SealingKey(handle);
}
