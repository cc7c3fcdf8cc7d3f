import { type ExternalCiphertext, MATERIAL_HINT_BYTES } from "../../kms/index.js";
import { type Body, bytesOf, invalid, optionalBytesOf } from "./bodies.js";
import { ProxyError } from "./errors.js";

/**
 * Where the parts of a ciphertext go in the proxy API: the salt of 32 bytes fills the initialization vector and most of
 * the metadata, which end in the hint of the material. All of it is authenticated, so a changed bit opens nothing.
 */
export interface WireCiphertext {
  readonly ciphertext: Buffer;
  readonly initializationVector: Buffer;
  readonly authenticationTag: Buffer;
  readonly ciphertextMetadata: Buffer;
}

const VECTOR_BYTES = 16;
const TAG_BYTES = 16;
const SALT_IN_METADATA_BYTES = 16;
const METADATA_BYTES = SALT_IN_METADATA_BYTES + MATERIAL_HINT_BYTES;
const MOST_METADATA_BYTES = 20;
export const MOST_TEXT_BYTES = 6000;

export const wireCiphertext = ({ salt, ciphertext, tag, materialHint }: ExternalCiphertext): WireCiphertext => ({
  ciphertext,
  initializationVector: salt.subarray(0, VECTOR_BYTES),
  authenticationTag: tag,
  ciphertextMetadata: Buffer.concat([salt.subarray(VECTOR_BYTES), materialHint]),
});

/** Lengths that no proxy may be sent are malformed; lengths that this proxy never gave are no ciphertexts of it. */
export function externalCiphertext(body: Body): ExternalCiphertext {
  const ciphertext = bytesOf(body, "ciphertext");
  const vector = bytesOf(body, "initializationVector");
  const tag = bytesOf(body, "authenticationTag");
  const metadata = optionalBytesOf(body, "ciphertextMetadata") ?? Buffer.alloc(0);
  if (ciphertext.length > MOST_TEXT_BYTES) throw invalid("ciphertext is too long.");
  if (vector.length !== 12 && vector.length !== VECTOR_BYTES) throw invalid("initializationVector has a wrong length.");
  if (tag.length !== TAG_BYTES) throw invalid("authenticationTag has a wrong length.");
  if (metadata.length > MOST_METADATA_BYTES) throw invalid("ciphertextMetadata is too long.");
  if (vector.length !== VECTOR_BYTES || metadata.length !== METADATA_BYTES)
    throw new ProxyError("InvalidCiphertextException", "The ciphertext is not one of this proxy.");
  return {
    salt: Buffer.concat([vector, metadata.subarray(0, SALT_IN_METADATA_BYTES)]),
    ciphertext,
    tag,
    materialHint: metadata.subarray(SALT_IN_METADATA_BYTES),
  };
}
