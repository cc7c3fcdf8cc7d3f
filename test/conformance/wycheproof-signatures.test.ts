import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { hex } from "../../src/base/index.js";
import {
  BadKey,
  importPrivateKey,
  type KeyPairSpec,
  type MessageType,
  Secret,
  type SigningAlgorithm,
  sign,
  verify,
} from "../../src/crypto/index.js";
import { hexBytes, nameOf, readVectors, Skips, type Vector, type VectorGroup } from "./wycheproof-vectors.js";

interface Judged {
  readonly file: string;
  readonly spec: KeyPairSpec;
  readonly algorithm: SigningAlgorithm;
  /** For the same message given as digest or µ: the whole second way through the code. */
  readonly second?: { readonly type: MessageType; readonly of: (message: Buffer, publicKey: Buffer) => Buffer };
  readonly vectors: number;
}

const digestOf = (hash: string) => ({
  type: "DIGEST" as const,
  of: (message: Buffer) => createHash(hash).update(message).digest(),
});

/** FIPS 204, algorithm 7, line 6, with the empty context. */
const mu = (rawBytes: number) => ({
  type: "EXTERNAL_MU" as const,
  of: (message: Buffer, publicKey: Buffer) =>
    shake(Buffer.concat([shake(publicKey.subarray(-rawBytes)), Buffer.alloc(2), message])),
});
const shake = (bytes: Buffer) => createHash("shake256", { outputLength: 64 }).update(bytes).digest();

const FILES: readonly Judged[] = [
  {
    file: "ecdsa_secp256r1_sha256",
    spec: "ECC_NIST_P256",
    algorithm: "ECDSA_SHA_256",
    second: digestOf("sha256"),
    vectors: 484,
  },
  {
    file: "ecdsa_secp384r1_sha384",
    spec: "ECC_NIST_P384",
    algorithm: "ECDSA_SHA_384",
    second: digestOf("sha384"),
    vectors: 504,
  },
  {
    file: "ecdsa_secp521r1_sha512",
    spec: "ECC_NIST_P521",
    algorithm: "ECDSA_SHA_512",
    second: digestOf("sha512"),
    vectors: 542,
  },
  {
    file: "ecdsa_secp256k1_sha256",
    spec: "ECC_SECG_P256K1",
    algorithm: "ECDSA_SHA_256",
    second: digestOf("sha256"),
    vectors: 476,
  },
  { file: "ed25519", spec: "ECC_NIST_EDWARDS25519", algorithm: "ED25519_SHA_512", vectors: 151 },
  {
    file: "rsa_pss_2048_sha256_mgf1_32",
    spec: "RSA_2048",
    algorithm: "RSASSA_PSS_SHA_256",
    second: digestOf("sha256"),
    vectors: 108,
  },
  {
    file: "rsa_signature_2048_sha256",
    spec: "RSA_2048",
    algorithm: "RSASSA_PKCS1_V1_5_SHA_256",
    second: digestOf("sha256"),
    vectors: 259,
  },
  { file: "mldsa_44_verify", spec: "ML_DSA_44", algorithm: "ML_DSA_SHAKE_256", second: mu(1312), vectors: 180 },
  { file: "mldsa_65_verify", spec: "ML_DSA_65", algorithm: "ML_DSA_SHAKE_256", second: mu(1952), vectors: 210 },
  { file: "mldsa_87_verify", spec: "ML_DSA_87", algorithm: "ML_DSA_SHAKE_256", second: mu(2592), vectors: 241 },
];

for (const judged of FILES) {
  test(`${judged.file}: valid signatures verify, all others do not`, async () => {
    let run = 0;
    for (const group of readVectors(judged.file)) {
      for (const vector of group.tests) {
        await judge(judged, group, vector);
        run += 1;
      }
    }
    assert.equal(run, judged.vectors);
  });
}

async function judge({ file, spec, algorithm, second }: Judged, group: VectorGroup, vector: Vector): Promise<void> {
  const [publicKey, message] = [hexBytes(group["publicKeyDer"]), hexBytes(vector["msg"])];
  const signature = hexBytes(vector["sig"]);
  const accepts = (type: MessageType, bytes: Buffer) =>
    verify(spec, publicKey, algorithm, type, bytes, signature).catch(refusedKey);
  assert.equal(await accepts("RAW", message), isOurs(vector), nameOf(file, vector));
  if (second === undefined) return;
  const isSecond = await accepts(second.type, second.of(message, publicKey));
  assert.equal(isSecond, isOurs(vector), `${nameOf(file, vector)} ${second.type}`);
}

/**
 * "Acceptable" is one vector, a DigestInfo without the NULL that RFC 8017 demands: we refuse it. ML-DSA's vectors with
 * a context are right for that context; ours is always the empty one.
 */
const isOurs = (vector: Vector) => vector.result === "valid" && (vector["ctx"] ?? "") === "";

/** A public key of another length never was ours. */
function refusedKey(thrown: unknown): boolean {
  if (thrown instanceof BadKey) return false;
  throw thrown;
}

const GENERATED: Readonly<Record<string, readonly [SigningAlgorithm, hash: string]>> = {
  "SHA-256": ["RSASSA_PKCS1_V1_5_SHA_256", "sha256"],
  "SHA-384": ["RSASSA_PKCS1_V1_5_SHA_384", "sha384"],
  "SHA-512": ["RSASSA_PKCS1_V1_5_SHA_512", "sha512"],
};

test("rsa_pkcs1_2048_sig_gen: imported keys make the vectors' signatures, of messages and of digests", async () => {
  const skips = new Skips();
  let run = 0;
  for (const group of readVectors("rsa_pkcs1_2048_sig_gen")) {
    const known = GENERATED[String(group["sha"])];
    const pkcs8 = () => Secret.own(hexBytes(group["privateKeyPkcs8"]));
    for (const vector of group.tests) {
      if (known === undefined) skips.skip("KMS signs with SHA-256 and longer");
      else if (vector.flags.includes("SmallPublicKey")) {
        // "Acceptable": the exponent 3, which FIPS 186-5 excludes. Such a key is not imported.
        assert.throws(() => importPrivateKey("RSA_2048", pkcs8()), { name: "BadKey" });
        run += 1;
      } else {
        const [algorithm, hash] = known;
        const { privateKey, publicKey } = importPrivateKey("RSA_2048", pkcs8());
        assert.equal(hex(publicKey), group["keyDer"]);
        const message = hexBytes(vector["msg"]);
        const digest = createHash(hash).update(message).digest();
        const name = nameOf("rsa_pkcs1_2048_sig_gen", vector);
        assert.equal(hex(await sign(privateKey, algorithm, "RAW", message)), vector["sig"], name);
        assert.equal(hex(await sign(privateKey, algorithm, "DIGEST", digest)), vector["sig"], name);
        run += 1;
      }
    }
  }
  assert.deepEqual({ run, skips: skips.byReason }, { run: 27, skips: { "KMS signs with SHA-256 and longer": 16 } });
});
