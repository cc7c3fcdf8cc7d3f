import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { utf8 } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import { keyHandle, newKey, newSecret } from "../key.js";
import { Secret } from "../secret.js";
import { testRsaKey } from "../testing.js";
import { decryptContent, encryptContent } from "./content.js";
import { readWrappingKey, unwrapDataKey, wrapNewDataKey } from "./data-key-wraps.js";
import { CONTENT_NONCE_BYTES, type ContentCipher, contentCipher, openContentCipher } from "./suites.js";

const MESSAGE = utf8("what only its owner reads ".repeat(50));

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** The bytes in pieces of this length. */
async function* cut(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const open = (cipher: ContentCipher, bytes: Uint8Array, length = 1000) =>
  joined(decryptContent(cipher, cut(bytes, length)));

for (const format of ["V2", "V3"] as const) {
  test(`${format}: content opens whatever the pieces, and no changed, cut or longer content does`, async () => {
    const cipher = contentCipher(format, newKey(), Buffer.alloc(CONTENT_NONCE_BYTES[format], 7));
    const sealed = await joined(encryptContent(cipher, cut(MESSAGE, 100)));
    assert.equal(sealed.length, MESSAGE.length + 16);
    for (const length of [1, 15, 16, 17, 1000, 10_000]) assert.deepEqual(await open(cipher, sealed, length), MESSAGE);
    for (const at of [0, 700, MESSAGE.length - 1, MESSAGE.length, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      await assert.rejects(open(cipher, changed), BrokenSeal, `byte ${at}`);
    }
    for (const length of [0, 1, 15, 16, sealed.length - 1]) {
      await assert.rejects(open(cipher, sealed.subarray(0, length)), BrokenSeal, `${length} bytes`);
    }
    await assert.rejects(open(cipher, Buffer.concat([sealed, Buffer.alloc(1)])), BrokenSeal);
    assert.equal((await open(cipher, await joined(encryptContent(cipher, cut(Buffer.alloc(0), 1))))).length, 0);
  });
}

test("V3 derives key and commitment as the format says, with a nonce of ones", async () => {
  const bytes = Buffer.alloc(32, 3);
  const dataKey = keyHandle(Secret.own(Buffer.from(bytes)));
  const messageId = Buffer.alloc(28, 9);
  const cipher = contentCipher("V3", dataKey, messageId);
  const derive = (label: string, length: number) =>
    Buffer.from(hkdfSync("sha512", bytes, messageId, Buffer.concat([Buffer.of(0, 0x73), Buffer.from(label)]), length));
  assert.deepEqual(cipher.key.export(), derive("DERIVEKEY", 32));
  assert.deepEqual(cipher.commitment, derive("COMMITKEY", 28));
  assert.deepEqual([cipher.nonce, cipher.aad], [Buffer.alloc(12, 1), Buffer.of(0, 0x73)]);
});

test("V3 opens under the data key that was committed to, and under no other", () => {
  const nonce = Buffer.alloc(28, 1);
  const [dataKey, other] = [newKey(), newKey()];
  const { commitment } = contentCipher("V3", dataKey, nonce);
  assert.deepEqual(openContentCipher("V3", dataKey, nonce, commitment).commitment, commitment);
  assert.throws(() => openContentCipher("V3", other, nonce, commitment), BrokenSeal);
  assert.throws(() => openContentCipher("V3", dataKey, nonce, undefined), BrokenSeal);
  assert.throws(() => openContentCipher("V3", dataKey, Buffer.alloc(28, 2), commitment), BrokenSeal);
});

test("a data key wrapped by a key on disk opens with that key alone", () => {
  const privateKey = testRsaKey("RSA_2048");
  const rsa = { privateKey, publicKey: createPublicKey(privateKey) };
  const pem = (key: KeyObject, type: "pkcs8" | "spki") => String(key.export({ format: "pem", type }));
  const aes = newSecret().use((bytes) => bytes.toString("base64"));
  for (const text of [aes, `${aes}\n`, pem(rsa.privateKey, "pkcs8")]) {
    const key = readWrappingKey(Secret.own(utf8(text)));
    assert.ok(key);
    const { dataKey, wrapped } = wrapNewDataKey(key);
    assert.ok(unwrapDataKey(key, wrapped).equals(dataKey));
    const changed = Buffer.from(wrapped);
    changed[20]! ^= 1;
    assert.throws(() => unwrapDataKey(key, changed), BrokenSeal);
    assert.throws(() => unwrapDataKey(key, wrapped.subarray(1)), BrokenSeal);
  }
  const [first, second] = [newSecret(), newSecret()].map((secret) => readWrappingKey(secret));
  assert.ok(first && second);
  assert.throws(() => unwrapDataKey(second, wrapNewDataKey(first).wrapped), BrokenSeal);
  const publicOnly = readWrappingKey(Secret.own(utf8(pem(rsa.publicKey, "spki"))));
  assert.ok(publicOnly);
  assert.throws(() => unwrapDataKey(publicOnly, wrapNewDataKey(publicOnly).wrapped), BrokenSeal);
});

test("what is no wrapping key is none", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" });
  for (const text of ["", "short", "A".repeat(64), String(ec), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END"]) {
    assert.equal(readWrappingKey(Secret.own(utf8(text))), undefined, text.slice(0, 30));
  }
});
