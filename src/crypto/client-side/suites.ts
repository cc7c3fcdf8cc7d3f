import { hkdfSync } from "node:crypto";
import { type Bytes, equalBytes, needs, utf8 } from "../../base/index.js";
import { EMPTY, NONCE_BYTES } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import { KEY_BYTES, type KeyHandle, ownedHandle } from "../key.js";

/**
 * How the official S3 Encryption Clients encrypt an object's content (s3 section 11): V2 uses the data key as it is,
 * V3 derives the content's key from it and commits to it, so that no other data key opens the same object.
 */
export type ContentFormat = "V2" | "V3";

/** The suite 0x0073: AES-256-GCM, HKDF-SHA-512, key commitment. */
const COMMITTING_SUITE = Buffer.from([0x00, 0x73]);
const MESSAGE_ID_BYTES = 28;
/** Bytes of V3's commitment. */
export const COMMITMENT_BYTES = 28;
/** Each message has a key of its own, so that its nonce needs no randomness. */
const COMMITTING_NONCE = Buffer.alloc(NONCE_BYTES, 1);

/** Bytes of what is random in each format: V2's nonce, V3's message id. */
export const CONTENT_NONCE_BYTES: Readonly<Record<ContentFormat, number>> = {
  V2: NONCE_BYTES,
  V3: MESSAGE_ID_BYTES,
};

/** What AES-256-GCM is given for one object. */
export interface ContentCipher {
  readonly key: KeyHandle;
  readonly nonce: Buffer;
  readonly aad: Buffer;
  /** Of V3: 28 bytes that go with the object. */
  readonly commitment?: Buffer;
}

/** `nonce` has the format's length; it is never used twice with one data key. */
export function contentCipher(format: ContentFormat, dataKey: KeyHandle, nonce: Buffer): ContentCipher {
  needs(nonce.length === CONTENT_NONCE_BYTES[format], "the nonce has the format's length");
  if (format === "V2") return { key: dataKey, nonce, aad: EMPTY };
  return {
    key: ownedHandle(derived(dataKey, nonce, "DERIVEKEY", KEY_BYTES)),
    nonce: COMMITTING_NONCE,
    aad: COMMITTING_SUITE,
    commitment: derived(dataKey, nonce, "COMMITKEY", COMMITMENT_BYTES),
  };
}

/** The same for an object that was read. Throws BrokenSeal when its commitment is not this data key's. */
export function openContentCipher(
  format: ContentFormat,
  dataKey: KeyHandle,
  nonce: Buffer,
  commitment: Bytes | undefined,
): ContentCipher {
  const cipher = contentCipher(format, dataKey, nonce);
  if (cipher.commitment !== undefined && !(commitment !== undefined && equalBytes(cipher.commitment, commitment))) {
    throw new BrokenSeal();
  }
  return cipher;
}

function derived(dataKey: KeyHandle, messageId: Buffer, label: string, bytes: number): Buffer {
  const info = Buffer.concat([COMMITTING_SUITE, utf8(label)]);
  return Buffer.from(hkdfSync("sha512", dataKey, messageId, info, bytes));
}
