import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicEncrypt,
  sign as signOneShot,
  verify,
} from "node:crypto";
import { promisify } from "node:util";
import { equalBytes } from "../../base/index.js";
import { publicRandom } from "../random.js";
import type { Hash } from "./algorithms.js";

export type RsaScheme = "pss" | "pkcs1";

const signOnPool = promisify(
  (
    hash: Hash,
    message: Uint8Array,
    key: Parameters<typeof signOneShot>[2],
    done: (e: Error | null, s: Buffer) => void,
  ) => signOneShot(hash, message, key, done),
);

/** RSASSA over a whole message, on the thread pool: a private operation takes up to some milliseconds. */
export function signRsa(key: KeyObject, scheme: RsaScheme, hash: Hash, message: Uint8Array): Promise<Buffer> {
  return signOnPool(hash, message, { key, ...paddingOf(scheme) });
}

/** A signature of another length than the modulus is none. */
export function verifyRsa(
  key: KeyObject,
  scheme: RsaScheme,
  hash: Hash,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  // OpenSSL would take a signature whose leading zeros were cut off (RFC 8017, 8.1.2, step 1, refuses it).
  if (signature.length !== modulusBytes(key)) return false;
  return verify(hash, message, { key, ...paddingOf(scheme) }, signature);
}

/** RSASSA over a digest that was made elsewhere. OpenSSL would hash it once more, so the encoding is made here. */
export function signRsaDigest(key: KeyObject, scheme: RsaScheme, hash: Hash, digest: Buffer): Buffer {
  const bytes = modulusBytes(key);
  const encoded = scheme === "pss" ? encodePss(hash, digest, bytes) : encodePkcs1(hash, digest, bytes);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

export function verifyRsaDigest(
  key: KeyObject,
  scheme: RsaScheme,
  hash: Hash,
  digest: Buffer,
  signature: Uint8Array,
): boolean {
  const bytes = modulusBytes(key);
  if (signature.length !== bytes) return false;
  const encoded = openSignature(key, signature);
  if (encoded === undefined) return false;
  return scheme === "pss" ? isPss(hash, digest, encoded) : equalBytes(encodePkcs1(hash, digest, bytes), encoded);
}

function paddingOf(scheme: RsaScheme) {
  return scheme === "pkcs1"
    ? { padding: constants.RSA_PKCS1_PADDING }
    : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

const modulusBytes = (key: KeyObject) => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;

/** signature^e mod n; undefined for a number that is not below the modulus. */
function openSignature(key: KeyObject, signature: Uint8Array): Buffer | undefined {
  try {
    return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined;
  }
}

/** DigestInfo of each hash up to the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFOS: Readonly<Record<Hash, Buffer>> = {
  sha256: Buffer.from("3031300d060960864801650304020105000420", "hex"),
  sha384: Buffer.from("3041300d060960864801650304020205000430", "hex"),
  sha512: Buffer.from("3051300d060960864801650304020305000440", "hex"),
};

/** EMSA-PKCS1-v1_5 (RFC 8017, 9.2). */
function encodePkcs1(hash: Hash, digest: Buffer, bytes: number): Buffer {
  const encoded = Buffer.alloc(bytes, 0xff);
  encoded.set([0, 1]);
  const info = DIGEST_INFOS[hash];
  const infoAt = bytes - info.length - digest.length;
  encoded[infoAt - 1] = 0;
  encoded.set(info, infoAt);
  encoded.set(digest, infoAt + info.length);
  return encoded;
}

const TRAILER = 0xbc;

/** EMSA-PSS (RFC 8017, 9.1.1) with a salt as long as the digest. Our moduli have whole bytes: one bit is left free. */
function encodePss(hash: Hash, digest: Buffer, bytes: number): Buffer {
  const salt = publicRandom(digest.length);
  const seed = saltedHash(hash, digest, salt);
  const block = Buffer.alloc(bytes - digest.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  mask(hash, seed, block);
  return Buffer.concat([block, seed, Buffer.from([TRAILER])]);
}

/** RFC 8017, 9.1.2. Nothing here is secret: signature, digest and key are all known. */
function isPss(hash: Hash, digest: Buffer, encoded: Buffer): boolean {
  const seedAt = encoded.length - digest.length - 1;
  const seed = encoded.subarray(seedAt, -1);
  if (encoded.at(-1) !== TRAILER || (encoded[0] ?? 0xff) >= 0x80) return false;
  const block = Buffer.from(encoded.subarray(0, seedAt));
  mask(hash, seed, block);
  const saltAt = block.length - digest.length;
  const isPadded = block[saltAt - 1] === 1 && block.subarray(0, saltAt - 1).every((byte) => byte === 0);
  return isPadded && saltedHash(hash, digest, block.subarray(saltAt)).equals(seed);
}

function saltedHash(hash: Hash, digest: Buffer, salt: Buffer): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** Lays MGF1 of the seed over the block and clears its first bit. */
function mask(hash: Hash, seed: Buffer, block: Buffer): void {
  const counter = Buffer.alloc(4);
  for (let at = 0, count = 0; at < block.length; count++) {
    counter.writeUInt32BE(count);
    const part = createHash(hash).update(seed).update(counter).digest();
    for (const byte of part.subarray(0, block.length - at)) block[at++]! ^= byte;
  }
  block[0]! &= 0x7f;
}
