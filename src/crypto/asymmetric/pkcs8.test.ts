import assert from "node:assert/strict";
import { createECDH, generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { hex, utf8 } from "../../base/index.js";
import { Secret } from "../secret.js";
import { testRsaKey } from "../testing.js";
import {
  bits,
  DerReader,
  der,
  INTEGER,
  OCTET_STRING,
  octets,
  positive,
  SEQUENCE,
  sequence,
  smallInteger,
  tagged,
} from "./der.js";
import { generateKeyPair, importPrivateKey, type KeyPairSpec, privateKeyBytes, sign, verify } from "./index.js";

const pkcs8Of = (key: KeyObject): Buffer => key.export({ type: "pkcs8", format: "der" });
const curveOf = (namedCurve: string, paramEncoding: "named" | "explicit" = "named") =>
  pkcs8Of(generateKeyPairSync("ec", { namedCurve, paramEncoding }).privateKey);

const RSA = pkcs8Of(testRsaKey("RSA_2048"));
const P256 = curveOf("prime256v1");
const ED25519 = pkcs8Of(generateKeyPairSync("ed25519").privateKey);

const imported = (spec: KeyPairSpec, pkcs8: Uint8Array) => importPrivateKey(spec, Secret.own(Buffer.from(pkcs8)));

function refused(spec: KeyPairSpec, pkcs8: Uint8Array, what: string): void {
  assert.throws(() => imported(spec, pkcs8), { name: "BadKey" }, what);
}

test("keys that others made come in, sign, and are written as we write our own", async () => {
  const keys = [
    ["RSA_2048", RSA, "RSASSA_PKCS1_V1_5_SHA_256"],
    ["ECC_NIST_P256", P256, "ECDSA_SHA_256"],
    ["ECC_NIST_P384", curveOf("secp384r1"), "ECDSA_SHA_384"],
    ["ECC_NIST_P521", curveOf("secp521r1"), "ECDSA_SHA_512"],
    ["ECC_SECG_P256K1", curveOf("secp256k1"), "ECDSA_SHA_256"],
    ["ECC_NIST_EDWARDS25519", ED25519, "ED25519_SHA_512"],
  ] as const;
  for (const [spec, pkcs8, algorithm] of keys) {
    const { privateKey, publicKey } = imported(spec, pkcs8);
    const signature = await sign(privateKey, algorithm, "RAW", utf8("message"));
    assert.ok(await verify(spec, publicKey, algorithm, "RAW", utf8("message"), signature), spec);
    assert.equal(privateKeyBytes(privateKey).use(hex), hex(pkcs8), spec);
  }
});

test("our own keys come in again", async () => {
  for (const spec of ["ECC_NIST_P521", "ECC_NIST_EDWARDS25519"] as const) {
    const { privateKey, publicKey } = await generateKeyPair(spec);
    const pkcs8 = privateKeyBytes(privateKey);
    assert.deepEqual(importPrivateKey(spec, pkcs8).publicKey, publicKey);
  }
});

test("a key of another kind, size or curve is refused", () => {
  const keys: readonly (readonly [string, Buffer])[] = [
    ["RSA", RSA],
    ["P-256", P256],
    ["Ed25519", ED25519],
    ["nothing", Buffer.alloc(0)],
    ["RSA-PSS", pkcs8Of(testRsaKey("PSS alone"))],
    ["X25519", pkcs8Of(generateKeyPairSync("x25519").privateKey)],
    ["brainpool", curveOf("brainpoolP256r1")],
    ["explicit parameters", curveOf("prime256v1", "explicit")],
  ];
  const own = { RSA_2048: "RSA", ECC_NIST_P256: "P-256", ECC_NIST_EDWARDS25519: "Ed25519" } as const;
  for (const spec of ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"] as const) {
    for (const [name, pkcs8] of keys) if (name !== own[spec]) refused(spec, pkcs8, `${name} as ${spec}`);
  }
  for (const spec of ["RSA_3072", "RSA_4096"] as const) refused(spec, RSA, `RSA-2048 as ${spec}`);
  for (const spec of ["ECC_NIST_P384", "ECC_SECG_P256K1"] as const) refused(spec, P256, `P-256 as ${spec}`);
  refused("RSA_2048", pkcs8Of(testRsaKey("2047 bits")), "2047 bits");
  refused("RSA_2048", pkcs8Of(testRsaKey("exponent 3")), "an exponent below 2^16");
});

test("bytes before, behind and between, and a key cut anywhere, are refused", () => {
  for (const [spec, pkcs8] of [
    ["RSA_2048", RSA],
    ["ECC_NIST_P256", P256],
    ["ECC_NIST_EDWARDS25519", ED25519],
  ] as const) {
    refused(spec, Buffer.concat([pkcs8, Buffer.alloc(1)]), "behind");
    refused(spec, Buffer.concat([Buffer.alloc(1), pkcs8]), "before");
    for (let length = 0; length < pkcs8.length; length += 7)
      refused(spec, pkcs8.subarray(0, length), `cut to ${length}`);
    const version = Buffer.from(pkcs8);
    version[version.indexOf("020100", "hex") + 2] = 1;
    refused(spec, version, "another version");
  }
});

const EC = Buffer.from("301306072a8648ce3d020106082a8648ce3d030107", "hex");
const scalar = Buffer.alloc(32, 7);
const ORDER = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
const pointOf = (of: Buffer) => {
  const exchange = createECDH("prime256v1");
  exchange.setPrivateKey(of);
  return exchange.getPublicKey();
};
const ecKey = (...parts: Buffer[]) => sequence(smallInteger(0), EC, octets(sequence(smallInteger(1), ...parts)));

test("a scalar is on its own enough, whole and in range; a public point that is not its own is refused", () => {
  const named = der(tagged(0), Buffer.from("06082a8648ce3d030107", "hex"));
  const point = der(tagged(1), bits(pointOf(scalar)));
  const whole = hex(privateKeyBytes(imported("ECC_NIST_P256", ecKey(octets(scalar))).privateKey).use(Buffer.from));
  for (const parts of [[named], [point], [named, point]]) {
    const { privateKey } = imported("ECC_NIST_P256", ecKey(octets(scalar), ...parts));
    assert.equal(privateKeyBytes(privateKey).use(hex), whole);
  }
  const wrong: readonly (readonly [string, Buffer[]])[] = [
    ["zero", [octets(Buffer.alloc(32))]],
    ["the order", [octets(ORDER)]],
    ["short", [octets(scalar.subarray(1))]],
    ["long", [octets(Buffer.alloc(1), scalar)]],
    ["another curve inside", [octets(scalar), der(tagged(0), Buffer.from("06052b81040022", "hex"))]],
    ["another point", [octets(scalar), der(tagged(1), bits(pointOf(Buffer.alloc(32, 8))))]],
    ["an unused bit", [octets(scalar), der(tagged(1), der(0x03, Buffer.from([1]), pointOf(scalar)))]],
    ["more", [octets(scalar), point, octets(scalar)]],
  ];
  for (const [what, parts] of wrong) refused("ECC_NIST_P256", ecKey(...parts), what);
});

/** The nine numbers of an RSA key, as they are written. */
function numbersOf(pkcs8: Buffer): Buffer[] {
  const info = new DerReader(new DerReader(pkcs8).read(SEQUENCE));
  info.read(INTEGER);
  info.read(SEQUENCE);
  const parts = new DerReader(new DerReader(info.read(OCTET_STRING)).read(SEQUENCE));
  return Array.from({ length: 9 }, () => parts.read(INTEGER));
}

test("RSA: more than two primes, primes of another modulus, and numbers that do not belong together are refused", () => {
  const algorithm = Buffer.from("300d06092a864886f70d0101010500", "hex");
  const key = (numbers: readonly Buffer[], ...more: Buffer[]) =>
    sequence(smallInteger(0), algorithm, octets(sequence(...numbers.map((it) => der(INTEGER, it)), ...more)));
  const [own, other] = [numbersOf(RSA), numbersOf(pkcs8Of(testRsaKey("RSA_2048", 1)))];
  imported("RSA_2048", key(own));
  const changed = (index: number, number: Buffer) => own.map((it, at) => (at === index ? number : it));
  refused("RSA_2048", key(changed(0, Buffer.from([1])), sequence(...own.slice(1, 4).map(positive))), "many primes");
  refused("RSA_2048", key(own, sequence()), "another part");
  refused("RSA_2048", key(changed(1, other[1]!)), "another modulus");
  refused("RSA_2048", key(changed(4, other[4]!)), "another prime");
  refused("RSA_2048", key(changed(2, Buffer.from([3]))), "a small exponent");
  refused("RSA_2048", key(changed(2, Buffer.from([1, 0, 3]))), "another exponent");
  refused("RSA_2048", key(changed(1, Buffer.concat([Buffer.alloc(1), own[1]!]))), "a zero too many");
  refused("RSA_2048", key(changed(4, Buffer.from([0]))), "no prime");
  refused("RSA_2048", key(own.slice(0, 8)), "a number less");
});

test("ML-DSA and ML-KEM keys are never imported", () => {
  assert.throws(() => imported("ML_DSA_44", ED25519), { name: "BrokenNeed" });
  assert.throws(() => imported("ML_KEM_512", ED25519), { name: "BrokenNeed" });
});
