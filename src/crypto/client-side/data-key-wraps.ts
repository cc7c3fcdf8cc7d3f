import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import { equalBytes, utf8 } from "../../base/index.js";
import { gcmOpen, gcmSealInto, NONCE_BYTES, TAG_BYTES } from "../aead.js";
import { BrokenSeal } from "../broken-seal.js";
import { KEY_BYTES, type KeyHandle, newKey, ownedHandle } from "../key.js";
import { publicRandom } from "../random.js";
import type { Secret } from "../secret.js";

/** Under which names the official clients keep a data key that was wrapped without KMS. */
export type LocalWrap = "AES/GCM" | "RSA-OAEP-SHA1";

/** A key on the owner's own disk, under which data keys are wrapped. */
export interface LocalWrappingKey {
  readonly wrap: LocalWrap;
  readonly key: KeyHandle;
}

/** The content's cipher in Java's words, bound into the wrapped key in every format. */
const CONTENT_CIPHER = utf8("AES/GCM/NoPadding");
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" };

/**
 * Reads a wrapping key: PEM of an RSA key (the public one wraps, the private one does both), or the 32 bytes of an
 * AES-256 key, plain or as base64. Undefined when it is none. The secret stays the caller's.
 */
export function readWrappingKey(secret: Secret): LocalWrappingKey | undefined {
  return secret.use((bytes) => {
    if (bytes.includes("-----BEGIN ")) return readRsaKey(bytes);
    if (isAesKey(bytes)) return { wrap: "AES/GCM", key: ownedHandle(Buffer.from(bytes)) };
    const decoded = Buffer.from(bytes.toString("latin1").trim(), "base64");
    return isAesKey(decoded) ? { wrap: "AES/GCM", key: ownedHandle(decoded) } : undefined;
  });
}

const isAesKey = (bytes: Buffer) => bytes.length === KEY_BYTES;

function readRsaKey(pem: Buffer): LocalWrappingKey | undefined {
  const key = firstOf(
    () => createPrivateKey(pem),
    () => createPublicKey(pem),
  );
  return key?.asymmetricKeyType === "rsa" ? { wrap: "RSA-OAEP-SHA1", key } : undefined;
}

function firstOf(...tries: readonly (() => KeyObject)[]): KeyObject | undefined {
  for (const attempt of tries) {
    try {
      return attempt();
    } catch {
      // Not this kind of PEM; the next is tried.
    }
  }
  return undefined;
}

/** A fresh data key, and the same wrapped. */
export function wrapNewDataKey({ wrap, key }: LocalWrappingKey): {
  readonly dataKey: KeyHandle;
  readonly wrapped: Buffer;
} {
  const dataKey = newKey();
  const bytes = dataKey.export();
  try {
    return { dataKey, wrapped: wrap === "AES/GCM" ? wrapWithAes(key, bytes) : wrapWithRsa(key, bytes) };
  } finally {
    bytes.fill(0);
  }
}

/** Throws BrokenSeal for what this key did not wrap, or wrapped for another cipher. */
export function unwrapDataKey({ wrap, key }: LocalWrappingKey, wrapped: Buffer): KeyHandle {
  return ownedHandle(wrap === "AES/GCM" ? unwrapWithAes(key, wrapped) : unwrapWithRsa(key, wrapped));
}

function wrapWithAes(key: KeyHandle, bytes: Buffer): Buffer {
  const nonce = publicRandom(NONCE_BYTES);
  const wrapped = Buffer.alloc(NONCE_BYTES + bytes.length + TAG_BYTES);
  wrapped.set(nonce);
  gcmSealInto(key, nonce, bytes, CONTENT_CIPHER, wrapped, NONCE_BYTES);
  return wrapped;
}

function unwrapWithAes(key: KeyHandle, wrapped: Buffer): Buffer {
  if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) throw new BrokenSeal();
  const nonce = wrapped.subarray(0, NONCE_BYTES);
  return gcmOpen(key, nonce, wrapped.subarray(NONCE_BYTES), CONTENT_CIPHER);
}

/** What is encrypted: the key's length in one byte, the key, the content's cipher. */
function wrapWithRsa(key: KeyHandle, bytes: Buffer): Buffer {
  const whole = Buffer.concat([Buffer.of(bytes.length), bytes, CONTENT_CIPHER]);
  try {
    return publicEncrypt({ key, ...OAEP }, whole);
  } finally {
    whole.fill(0);
  }
}

function unwrapWithRsa(key: KeyHandle, wrapped: Buffer): Buffer {
  const whole = decryptOaep(key, wrapped);
  const isRight = whole[0] === KEY_BYTES && equalBytes(whole.subarray(1 + KEY_BYTES), CONTENT_CIPHER);
  if (!isRight) throw new BrokenSeal();
  return whole.subarray(1, 1 + KEY_BYTES);
}

function decryptOaep(key: KeyHandle, wrapped: Buffer): Buffer {
  if (key.type !== "private") throw new BrokenSeal();
  try {
    return privateDecrypt({ key, ...OAEP }, wrapped);
  } catch {
    throw new BrokenSeal();
  }
}
