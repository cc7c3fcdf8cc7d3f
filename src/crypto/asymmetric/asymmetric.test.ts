import assert from "node:assert/strict";
import { createHash, createPublicKey, verify as verifyOpenssl } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { hex, utf8 } from "../../base/index.js";
import { Secret } from "../secret.js";
import type { AgreementSpec } from "./agree.js";
import {
  agree,
  canSign,
  decapsulate,
  encapsulate,
  generateKeyPair,
  KEY_PAIRS,
  type KeyPair,
  type KeyPairSpec,
  type MessageType,
  mostPlaintextBytes,
  openPrivateKey,
  type PrivateKeyHandle,
  privateKeyBytes,
  rsaDecrypt,
  rsaEncrypt,
  SIGNINGS,
  type SigningAlgorithm,
  sign,
  verify,
} from "./index.js";
import type { MlKemSpec, RsaSpec } from "./specs.js";

// RSA-3072 and RSA-4096 take seconds to find their primes; their code is RSA-2048's.
const SPECS = (Object.keys(KEY_PAIRS) as KeyPairSpec[]).filter((it) => it !== "RSA_3072" && it !== "RSA_4096");
const ALGORITHMS = Object.keys(SIGNINGS) as SigningAlgorithm[];
const TYPES: readonly MessageType[] = ["RAW", "DIGEST", "EXTERNAL_MU"];

const made = new Map<KeyPairSpec, Promise<KeyPair>>();

function pairOf(spec: KeyPairSpec): Promise<KeyPair> {
  const pair = made.get(spec) ?? generateKeyPair(spec);
  made.set(spec, pair);
  return pair;
}

/** `pairOf` for those who need the handle's exact type. */
async function handleOf<Spec extends KeyPairSpec>(spec: Spec) {
  const { privateKey, publicKey } = await pairOf(spec);
  return { publicKey, privateKey: { spec, key: privateKey.key } satisfies PrivateKeyHandle<Spec> };
}

const MESSAGE = utf8("what is signed");
const given = (algorithm: SigningAlgorithm, type: MessageType) =>
  type === "RAW" ? MESSAGE : Buffer.alloc(SIGNINGS[algorithm].digestBytes, 7);

const ways = SPECS.flatMap((spec) =>
  ALGORITHMS.flatMap((algorithm) =>
    TYPES.filter((type) => canSign(spec, algorithm, type)).map((type) => ({ spec, algorithm, type })),
  ),
);

for (const { spec, algorithm, type } of ways) {
  test(`${spec}, ${algorithm}, ${type}: a signature verifies, and no change of it does`, async () => {
    const { privateKey, publicKey } = await pairOf(spec);
    const message = given(algorithm, type);
    const signature = await sign(privateKey, algorithm, type, message);
    const isRight = (changed: Uint8Array, of: Uint8Array = message) =>
      verify(spec, publicKey, algorithm, type, of, changed);
    assert.ok(await isRight(signature));
    for (const at of [0, 1, signature.length >> 1, signature.length - 1]) {
      const changed = Buffer.from(signature);
      changed[at]! ^= 1;
      assert.ok(!(await isRight(changed)), `byte ${at}`);
    }
    for (const changed of [
      Buffer.alloc(0),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.alloc(signature.length, 0xff),
      Buffer.alloc(signature.length),
    ]) {
      assert.ok(!(await isRight(changed)), hex(changed.subarray(0, 4)));
    }
    const other = Buffer.from(message);
    other[0]! ^= 1;
    assert.ok(!(await isRight(signature, other)));
  });
}

test("RSA: a signature that begins with a zero is none without it, in every scheme and message type", async () => {
  const { privateKey, publicKey } = await pairOf("RSA_2048");
  for (const { algorithm, type } of ways.filter(({ spec }) => spec === "RSA_2048")) {
    let signature: Buffer = Buffer.of(1);
    let message: Buffer = given(algorithm, type);
    for (let tries = 0; signature[0] !== 0; tries++) {
      assert.ok(tries < 10_000, "one signature in 256 begins with a zero");
      message = Buffer.from(message);
      message.writeUInt16BE(tries);
      signature = await sign(privateKey, algorithm, type, message);
    }
    assert.ok(await verify("RSA_2048", publicKey, algorithm, type, message, signature), `${algorithm} ${type}`);
    const cut = signature.subarray(1);
    assert.ok(!(await verify("RSA_2048", publicKey, algorithm, type, message, cut)), `${algorithm} ${type}, cut`);
  }
});

test("a digest's signature is the message's: made with one, verified with the other", async () => {
  for (const { spec, algorithm } of ways.filter(({ type }) => type === "DIGEST")) {
    const signing = SIGNINGS[algorithm];
    if (!("hash" in signing)) continue; // Ed25519ph has no RAW
    const { privateKey, publicKey } = await pairOf(spec);
    const digest = createHash(signing.hash).update(MESSAGE).digest();
    const [raw, digested] = [
      await sign(privateKey, algorithm, "RAW", MESSAGE),
      await sign(privateKey, algorithm, "DIGEST", digest),
    ];
    assert.ok(await verify(spec, publicKey, algorithm, "DIGEST", digest, raw), `${spec} ${algorithm}`);
    assert.ok(await verify(spec, publicKey, algorithm, "RAW", MESSAGE, digested), `${spec} ${algorithm}`);
  }
});

test("ML-DSA: RAW is EXTERNAL_MU of FIPS 204's representative, both ways, and hedged", async () => {
  const shake = (bytes: Uint8Array[]) =>
    createHash("shake256", { outputLength: 64 }).update(Buffer.concat(bytes)).digest();
  for (const spec of ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"] as const) {
    const { privateKey, publicKey } = await pairOf(spec);
    const raw = publicKey.subarray(-KEY_PAIRS[spec].publicKeyBytes);
    const mu = shake([shake([raw]), Buffer.alloc(2), MESSAGE]);
    const algorithm = "ML_DSA_SHAKE_256";
    const [one, two] = [
      await sign(privateKey, algorithm, "RAW", MESSAGE),
      await sign(privateKey, algorithm, "EXTERNAL_MU", mu),
    ];
    assert.notDeepEqual(one, await sign(privateKey, algorithm, "RAW", MESSAGE));
    assert.ok(await verify(spec, publicKey, algorithm, "EXTERNAL_MU", mu, one), spec);
    assert.ok(await verify(spec, publicKey, algorithm, "RAW", MESSAGE, two), spec);
  }
});

test("an algorithm of another key, a message type it has not, and a digest of another length are refused", async () => {
  const { privateKey, publicKey } = await pairOf("ECC_NIST_P256");
  const wrong = [
    ["ECDSA_SHA_384", "RAW", MESSAGE],
    ["RSASSA_PSS_SHA_256", "RAW", MESSAGE],
    ["ECDSA_SHA_256", "EXTERNAL_MU", Buffer.alloc(64)],
    ["ECDSA_SHA_256", "DIGEST", Buffer.alloc(31)],
    ["ECDSA_SHA_256", "DIGEST", Buffer.alloc(48)],
  ] as const;
  for (const [algorithm, type, message] of wrong) {
    await assert.rejects(sign(privateKey, algorithm, type, message), { name: "BrokenNeed" });
    const verifying = verify("ECC_NIST_P256", publicKey, algorithm, type, message, Buffer.alloc(64));
    await assert.rejects(verifying, { name: "BrokenNeed" });
  }
  assert.ok(!canSign("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "DIGEST"));
  assert.ok(!canSign("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "RAW"));
  assert.ok(!canSign("ML_DSA_44", "ML_DSA_SHAKE_256", "DIGEST"));
  assert.ok(!canSign("ECC_SECG_P256K1", "ECDSA_SHA_384", "RAW"));
});

test("Ed25519ph gives RFC 8032's signature", async () => {
  const seed = "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42";
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex");
  const handle = openPrivateKey("ECC_NIST_EDWARDS25519", Secret.own(pkcs8));
  const { signEd25519ph } = await import("./ed25519ph.js");
  assert.equal(
    hex(await signEd25519ph(handle.key, utf8("abc"))),
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
  );
});

test("OAEP: what fits comes back; a longer text, another algorithm and every change are refused", async () => {
  const { privateKey, publicKey } = await handleOf("RSA_2048");
  for (const [algorithm, most] of [
    ["RSAES_OAEP_SHA_1", 214],
    ["RSAES_OAEP_SHA_256", 190],
  ] as const) {
    assert.equal(mostPlaintextBytes("RSA_2048", algorithm), most);
    const plaintext = Buffer.alloc(most, 5);
    const ciphertext = rsaEncrypt(publicKey, algorithm, plaintext);
    assert.deepEqual(rsaDecrypt(privateKey, algorithm, ciphertext), plaintext);
    assert.throws(() => rsaEncrypt(publicKey, algorithm, Buffer.alloc(most + 1)));
    const changed = Buffer.from(ciphertext);
    changed[9]! ^= 1;
    for (const it of [changed, ciphertext.subarray(1), Buffer.alloc(256, 0xff), Buffer.alloc(0)]) {
      assert.throws(() => rsaDecrypt(privateKey, algorithm, it), { name: "BrokenSeal" });
    }
    const other = algorithm === "RSAES_OAEP_SHA_1" ? "RSAES_OAEP_SHA_256" : "RSAES_OAEP_SHA_1";
    assert.throws(() => rsaDecrypt(privateKey, other, ciphertext), { name: "BrokenSeal" });
  }
  assert.equal(mostPlaintextBytes("RSA_4096" satisfies RsaSpec, "RSAES_OAEP_SHA_256"), 446);
});

test("ECDH: both sides agree on the whole x coordinate; keys of other curves and forms are refused", async () => {
  const bytes: Record<AgreementSpec, number> = { ECC_NIST_P256: 32, ECC_NIST_P384: 48, ECC_NIST_P521: 66 };
  for (const spec of Object.keys(bytes) as AgreementSpec[]) {
    const own = await handleOf(spec);
    const peer = await generateKeyPair(spec);
    const secret = agree(own.privateKey, peer.publicKey);
    assert.equal(secret.length, bytes[spec]);
    assert.deepEqual(agree({ spec, key: peer.privateKey.key }, own.publicKey), secret);
    const strange = (await pairOf(spec === "ECC_NIST_P256" ? "ECC_SECG_P256K1" : "ECC_NIST_P256")).publicKey;
    const offCurve = Buffer.from(peer.publicKey);
    offCurve[offCurve.length - 1]! ^= 1;
    const longer = Buffer.concat([peer.publicKey, Buffer.alloc(1)]);
    const [rsa, edwards] = [(await pairOf("RSA_2048")).publicKey, (await pairOf("ECC_NIST_EDWARDS25519")).publicKey];
    const none = Buffer.alloc(0);
    for (const it of [strange, offCurve, longer, peer.publicKey.subarray(0, -1), rsa, edwards, none]) {
      assert.throws(() => agree(own.privateKey, it), { name: "BadPeerKey" });
    }
  }
});

test("ML-KEM: the secret comes back; a changed ciphertext gives another; only a wrong length is refused", async () => {
  for (const spec of ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] satisfies MlKemSpec[]) {
    const { privateKey, publicKey } = await handleOf(spec);
    const { sharedSecret, ciphertext } = await encapsulate(spec, publicKey);
    assert.equal(ciphertext.length, KEY_PAIRS[spec].ciphertextBytes);
    const back = await decapsulate(privateKey, ciphertext);
    sharedSecret.use((bytes) => assert.deepEqual(back, bytes));
    const changed = Buffer.from(ciphertext);
    changed[3]! ^= 1;
    const other = await decapsulate(privateKey, changed);
    assert.equal(other.length, 32);
    assert.notDeepEqual(other, back);
    assert.deepEqual(await decapsulate(privateKey, changed), other);
    for (const it of [ciphertext.subarray(1), Buffer.concat([ciphertext, Buffer.alloc(1)]), Buffer.alloc(0)]) {
      await assert.rejects(decapsulate(privateKey, it), { name: "BrokenSeal" });
    }
  }
});

for (const spec of SPECS) {
  test(`${spec}: the private key is written the same each time, opens again, and is never said`, async () => {
    const { privateKey, publicKey } = await pairOf(spec);
    const [one, two] = [privateKeyBytes(privateKey), privateKeyBytes(privateKey)];
    const text = one.use(hex);
    assert.equal(two.use(hex), text);
    const again = openPrivateKey(spec, one);
    assert.equal(privateKeyBytes(again).use(hex), text);
    const said = `${JSON.stringify(again)}${inspect(again, { depth: 9, showHidden: true })}`;
    assert.ok(!said.includes(text.slice(-32)));
    assert.match(hex(publicKey), /^30/);
    assert.throws(() => openPrivateKey(spec, Secret.own(Buffer.from("3003020100", "hex"))), { name: "BadKey" });
  });
}

test("public keys of OpenSSL's kinds are read by OpenSSL, and say the right curve or modulus", async () => {
  assert.equal(detailsOf((await pairOf("RSA_2048")).publicKey)?.modulusLength, 2048);
  assert.equal(detailsOf((await pairOf("ECC_SECG_P256K1")).publicKey)?.namedCurve, "secp256k1");
  const { privateKey, publicKey } = await pairOf("ECC_NIST_P521");
  const signature = await sign(privateKey, "ECDSA_SHA_512", "RAW", MESSAGE);
  const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  assert.ok(verifyOpenssl("sha512", MESSAGE, key, signature));
});

const detailsOf = (spki: Buffer) => createPublicKey({ key: spki, format: "der", type: "spki" }).asymmetricKeyDetails;
