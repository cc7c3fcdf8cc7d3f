import assert from "node:assert/strict";
import { constants, createPrivateKey, createPublicKey, type KeyObject, publicEncrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair, type KeyPairSpec } from "./asymmetric/index.js";
import { WRAPPING_ALGORITHMS, type WrappingAlgorithm } from "./import-wrapping.js";
import { keyHandle } from "./key.js";
import { wrapKey } from "./key-wrap.js";
import { Secret } from "./secret.js";

/** A key for tests and golden files: 32 times the same byte. */
export function testKey(byte: number) {
  return keyHandle(Secret.own(Buffer.alloc(32, byte)));
}

const rsaKeys: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(process.cwd(), "src", "crypto", "test-rsa-keys.json"), "utf8"),
);
const readRsaKeys = new Map<string, KeyObject>();

/** A private key from a file: RSA's primes take up to seconds to find. */
export function testRsaKey(kind: string, index = 0): KeyObject {
  const text = rsaKeys[kind]?.[index] ?? assert.fail(`the file has no key ${index} of ${kind}`);
  const key =
    readRsaKeys.get(text) ?? createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });
  readRsaKeys.set(text, key);
  return key;
}

/** A `generateKeyPair` that takes RSA's from the file as long as there are any: none is given twice. */
export function testKeyPairs(): typeof generateKeyPair {
  const given = new Map<KeyPairSpec, number>();
  return async (spec) => {
    const index = given.get(spec) ?? 0;
    given.set(spec, index + 1);
    if (index >= (rsaKeys[spec]?.length ?? 0)) return generateKeyPair(spec);
    const key = testRsaKey(spec, index);
    return { privateKey: { spec, key }, publicKey: createPublicKey(key).export({ type: "spki", format: "der" }) };
  };
}

/** What the owner of key material does before ImportKeyMaterial. `publicKey` is SubjectPublicKeyInfo. */
export function wrapForImport(publicKey: Uint8Array, algorithm: WrappingAlgorithm, material: Uint8Array): Buffer {
  const { hash, isDirect } = WRAPPING_ALGORITHMS[algorithm];
  if (isDirect) return oaepFor(publicKey, hash, material);
  const wrapped = wrapKey("AES_KWP", testKey(4), Secret.own(Buffer.from(material)));
  return Buffer.concat([oaepFor(publicKey, hash, Buffer.alloc(32, 4)), wrapped]);
}

export function oaepFor(publicKey: Uint8Array, oaepHash: string, bytes: Uint8Array): Buffer {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
}

/** Each way to change one bit, and each way to cut the bytes short or to lengthen them by one. */
export function* changesOf(bytes: Buffer): Generator<{ readonly what: string; readonly changed: Buffer }> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    yield { what: `bit ${bit & 7} of byte ${bit >> 3}`, changed };
  }
  for (let length = 0; length < bytes.length; length++) {
    yield { what: `cut to ${length} bytes`, changed: bytes.subarray(0, length) };
  }
  yield { what: "one byte more", changed: Buffer.concat([bytes, Buffer.alloc(1)]) };
}

export function assertEveryChangeIsFound(bytes: Buffer, open: (changed: Buffer) => unknown): void {
  for (const { what, changed } of changesOf(bytes)) assert.throws(() => open(changed), { name: "BrokenSeal" }, what);
}

/** A golden file: bytes that an earlier version sealed and every later one must open. */
export function readGolden(name: string): readonly Readonly<Record<string, string>>[] {
  const path = join(process.cwd(), "src", "crypto", "envelopes", "golden", name);
  return JSON.parse(readFileSync(path, "utf8"));
}
