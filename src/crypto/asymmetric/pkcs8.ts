import { createECDH, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { needs } from "../../base/index.js";
import type { Secret } from "../secret.js";
import { BadKey } from "./bad-key.js";
import {
  BadDer,
  BIT_STRING,
  bits,
  DerReader,
  der,
  INTEGER,
  OCTET_STRING,
  octets,
  SEQUENCE,
  sequence,
  smallInteger,
  tagged,
} from "./der.js";
import { type KeyPair, opensslKey } from "./private-key.js";
import { type EcSpec, isEc, isMlDsa, isMlKem, isRsa, KEY_PAIRS, type KeyPairSpec, type RsaSpec } from "./specs.js";

const RSA_ALGORITHM = Buffer.from("300d06092a864886f70d0101010500", "hex");
const EC_OID = Buffer.from("06072a8648ce3d0201", "hex");
const ED25519_ALGORITHM = Buffer.from("300506032b6570", "hex");
const SEED_BYTES = 32;

/**
 * A private key that somebody else made, as PKCS#8 DER (RFC 5208): an RSA key of two primes with a modulus of the
 * spec's size, or a scalar on a named curve. Throws BadKey for all else. ML-DSA and ML-KEM keys are never imported.
 */
export function importPrivateKey(spec: KeyPairSpec, pkcs8: Secret): KeyPair {
  needs(!isMlDsa(spec) && !isMlKem(spec), "refused when the key is created");
  const key = pkcs8.use((bytes) => strictly(() => readKey(spec, bytes)));
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  return { privateKey: { spec, key }, publicKey };
}

function readKey(spec: KeyPairSpec, pkcs8: Buffer): KeyObject {
  if (isRsa(spec)) return readRsa(spec, inside(pkcs8, RSA_ALGORITHM));
  if (isEc(spec)) return readEc(spec, inside(pkcs8, ecAlgorithm(spec)));
  const outer = new DerReader(inside(pkcs8, ED25519_ALGORITHM));
  const seed = outer.read(OCTET_STRING);
  outer.end();
  if (seed.length !== SEED_BYTES) throw new BadKey();
  return keyOf(ED25519_ALGORITHM, octets(seed));
}

/** What is inside PrivateKeyInfo, if it is of that algorithm. Attributes may follow; they are dropped. */
function inside(pkcs8: Buffer, algorithm: Buffer): Buffer {
  const outer = new DerReader(pkcs8);
  const info = new DerReader(outer.read(SEQUENCE));
  outer.end();
  requireZero(info.read(INTEGER));
  if (!info.readWhole(SEQUENCE).equals(algorithm)) throw new BadKey();
  const key = info.read(OCTET_STRING);
  info.readOptional(tagged(0));
  info.end();
  return key;
}

function readRsa(spec: RsaSpec, rsaPrivateKey: Buffer): KeyObject {
  const outer = new DerReader(rsaPrivateKey);
  const parts = new DerReader(outer.read(SEQUENCE));
  outer.end();
  requireZero(parts.read(INTEGER)); // 1 says that more than two primes follow
  const [n, e, , p, q] = Array.from({ length: 8 }, () => parts.readPositive());
  parts.end();
  if (n === undefined || e === undefined || p === undefined || q === undefined) throw new BadKey();
  if (n.length * 8 !== KEY_PAIRS[spec].bits || (n[0] ?? 0) < 0x80 || !isProduct(n, p, q)) throw new BadKey();
  requireUsualExponent(numberOf(e));
  const key = keyOf(RSA_ALGORITHM, Buffer.from(rsaPrivateKey));
  requireUsable(key);
  return key;
}

/** Whether n = p · q. In bytes, because neither strings nor BigInts can be wiped. */
function isProduct(n: Buffer, p: Buffer, q: Buffer): boolean {
  if (p.length + q.length > n.length + 1) return false;
  const product = Buffer.alloc(p.length + q.length);
  for (let i = p.length - 1; i >= 0; i--) {
    let carry = 0;
    for (let j = q.length - 1; j >= 0; j--) {
      const sum = (product[i + j + 1] ?? 0) + (p[i] ?? 0) * (q[j] ?? 0) + carry;
      product[i + j + 1] = sum & 0xff;
      carry = sum >> 8;
    }
    product[i] = carry;
  }
  return product.subarray(-n.length).equals(n) && product.subarray(0, -n.length).every((byte) => byte === 0);
}

/** FIPS 186-5, A.1.1: odd, above 2^16, below 2^256. */
function requireUsualExponent(e: bigint): void {
  if (e <= 65_536n || e >= 1n << 256n || e % 2n === 0n) throw new BadKey();
}

/** OpenSSL believes the numbers it is given, so whether they belong together is tried out. */
function requireUsable(key: KeyObject): void {
  const message = Buffer.from("what one half signs the other verifies");
  if (!verify("sha256", message, createPublicKey(key), trySign(message, key))) throw new BadKey();
}

function trySign(message: Buffer, key: KeyObject): Buffer {
  try {
    return sign("sha256", message, key);
  } catch {
    throw new BadKey();
  }
}

/** The public half is computed: one that came along must be the same, and is not believed otherwise. */
function readEc(spec: EcSpec, ecPrivateKey: Buffer): KeyObject {
  const outer = new DerReader(ecPrivateKey);
  const parts = new DerReader(outer.read(SEQUENCE));
  outer.end();
  if (!parts.read(INTEGER).equals(Buffer.from([1]))) throw new BadKey();
  const scalar = parts.read(OCTET_STRING);
  const parameters = parts.readOptional(tagged(0));
  const given = parts.readOptional(tagged(1));
  parts.end();
  const { oid, coordinateBytes } = KEY_PAIRS[spec];
  if (scalar.length !== coordinateBytes) throw new BadKey();
  if (parameters !== undefined && !parameters.equals(Buffer.from(oid, "hex"))) throw new BadKey();
  const point = pointOf(spec, scalar);
  if (given !== undefined && !readPoint(given).equals(point)) throw new BadKey();
  return keyOf(ecAlgorithm(spec), sequence(smallInteger(1), octets(scalar), der(tagged(1), bits(point))));
}

function ecAlgorithm(spec: EcSpec): Buffer {
  return sequence(EC_OID, Buffer.from(KEY_PAIRS[spec].oid, "hex"));
}

/** The uncompressed point of that scalar, which must be from 1 to the order less 1. */
function pointOf(spec: EcSpec, scalar: Buffer): Buffer {
  const exchange = createECDH(KEY_PAIRS[spec].curve);
  try {
    exchange.setPrivateKey(scalar);
  } catch {
    throw new BadKey();
  }
  return exchange.getPublicKey();
}

function readPoint(publicKey: Buffer): Buffer {
  const reader = new DerReader(publicKey);
  const [unusedBits, ...point] = reader.read(BIT_STRING);
  reader.end();
  if (unusedBits !== 0) throw new BadKey();
  return Buffer.from(point);
}

/** OpenSSL's key of what is inside a PrivateKeyInfo, which must be a copy: it is wiped. */
function keyOf(algorithm: Buffer, key: Buffer): KeyObject {
  const wrapped = octets(key);
  const pkcs8 = sequence(smallInteger(0), algorithm, wrapped);
  try {
    return opensslKey(pkcs8);
  } finally {
    for (const bytes of [key, wrapped, pkcs8]) bytes.fill(0);
  }
}

function requireZero(version: Buffer): void {
  if (version.length !== 1 || version[0] !== 0) throw new BadKey();
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString("hex")}`);

function strictly(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof BadDer) throw new BadKey();
    throw thrown;
  }
}
