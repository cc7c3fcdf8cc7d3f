import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../src/base/index.js";
import { agree } from "../../src/crypto/asymmetric/agree.js";
import { octets, sequence, smallInteger } from "../../src/crypto/asymmetric/der.js";
import { growKeyPair } from "../../src/crypto/asymmetric/generate.js";
import { rawSpki, seedPkcs8 } from "../../src/crypto/asymmetric/seed.js";
import {
  type AgreementSpec,
  decapsulate,
  importPrivateKey,
  KEY_PAIRS,
  openPrivateKey,
  type RsaEncryptionAlgorithm,
  rsaDecrypt,
  rsaEncrypt,
  Secret,
} from "../../src/crypto/index.js";
import { hexBytes, nameOf, readVectors, type Vector } from "./wycheproof-vectors.js";

const AGREEMENTS = [
  { file: "ecdh_secp256r1", spec: "ECC_NIST_P256", vectors: 612 },
  { file: "ecdh_secp384r1", spec: "ECC_NIST_P384", vectors: 1047 },
] as const;

for (const { file, spec, vectors } of AGREEMENTS) {
  test(`${file}: valid peers give the vectors' secrets, all others are refused`, () => {
    let run = 0;
    for (const group of readVectors(file)) {
      for (const vector of group.tests) {
        checkAgreement(spec, vector, nameOf(file, vector));
        run += 1;
      }
    }
    assert.equal(run, vectors);
  });
}

/**
 * "Acceptable" are keys that are not DER, curves that are described instead of named, and compressed points: a peer's
 * key has one form with us, and whatever else OpenSSL could read is refused.
 */
function checkAgreement(spec: AgreementSpec, vector: Vector, name: string): void {
  const { key } = importPrivateKey(spec, Secret.own(scalarPkcs8(spec, hexBytes(vector["private"])))).privateKey;
  const peer = hexBytes(vector["public"]);
  if (vector.result === "valid") assert.equal(hex(agree({ spec, key }, peer)), vector["shared"], name);
  else assert.throws(() => agree({ spec, key }, peer), { name: "BadPeerKey" }, name);
}

function scalarPkcs8(spec: AgreementSpec, number: Buffer): Buffer {
  const { oid, coordinateBytes } = KEY_PAIRS[spec];
  const scalar = Buffer.concat([Buffer.alloc(coordinateBytes), number]).subarray(-coordinateBytes);
  const algorithm = sequence(Buffer.from("06072a8648ce3d0201", "hex"), Buffer.from(oid, "hex"));
  return sequence(smallInteger(0), algorithm, octets(sequence(smallInteger(1), octets(scalar))));
}

const OAEPS: readonly (readonly [file: string, RsaEncryptionAlgorithm, vectors: number])[] = [
  ["rsa_oaep_2048_sha1_mgf1sha1", "RSAES_OAEP_SHA_1", 36],
  ["rsa_oaep_2048_sha256_mgf1sha256", "RSAES_OAEP_SHA_256", 37],
];

for (const [file, algorithm, vectors] of OAEPS) {
  test(`${file}: valid ciphertexts without a label decrypt, all others do not`, () => {
    let run = 0;
    for (const group of readVectors(file)) {
      const { privateKey, publicKey } = importPrivateKey("RSA_2048", Secret.own(hexBytes(group["privateKeyPkcs8"])));
      const handle = { spec: "RSA_2048", key: privateKey.key } as const;
      for (const vector of group.tests) {
        const [name, ciphertext] = [nameOf(file, vector), hexBytes(vector["ct"])];
        const decrypted = () => rsaDecrypt(handle, algorithm, ciphertext);
        // KMS's label is always empty: what is right for another label is not for us.
        if (vector.result === "valid" && vector["label"] === "") {
          assert.equal(hex(decrypted()), vector["msg"], name);
          const again = rsaEncrypt(publicKey, algorithm, hexBytes(vector["msg"]));
          assert.equal(hex(rsaDecrypt(handle, algorithm, again)), vector["msg"], name);
        } else assert.throws(decrypted, { name: "BrokenSeal" }, name);
        run += 1;
      }
    }
    assert.equal(run, vectors);
  });
}

const ENCAPSULATIONS = [
  { file: "mlkem_768", spec: "ML_KEM_768" },
  { file: "mlkem_1024", spec: "ML_KEM_1024" },
] as const;

for (const { file, spec } of ENCAPSULATIONS) {
  test(`${file}: seeds grow the vectors' keys, which open as the vectors say; other lengths are refused`, async () => {
    let [opened, refused] = [0, 0];
    for (const group of readVectors(file)) {
      for (const vector of group.tests) {
        const [name, seed, ciphertext] = [nameOf(file, vector), hexBytes(vector["seed"]), hexBytes(vector["c"])];
        const open = () => {
          const { key } = openPrivateKey(spec, Secret.own(seedPkcs8(KEY_PAIRS[spec], seed)));
          return decapsulate({ spec, key }, ciphertext);
        };
        if (vector.result === "valid") {
          const { publicKey } = await growKeyPair(spec, Buffer.from(seed));
          assert.equal(hex(publicKey), hex(rawSpki(KEY_PAIRS[spec], hexBytes(vector["ek"]))), name);
          assert.equal(hex(await open()), vector["K"], name);
          opened += 1;
        } else {
          const isSeed = seed.length === 64;
          await assert.rejects(async () => open(), { name: isSeed ? "BrokenSeal" : "BadKey" }, name);
          refused += 1;
        }
      }
    }
    assert.deepEqual({ opened, refused }, { opened: 153, refused: 40 });
  });
}
