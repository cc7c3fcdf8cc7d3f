import assert from "node:assert/strict";
import { utf8 } from "../base/index.js";
import {
  canonicalContext,
  encapsulate,
  importPrivateKey,
  KEY_PAIRS,
  type KeyPairSpec,
  privateKeyBytes,
  rsaEncrypt,
  Secret,
  type SigningAlgorithm,
  verify,
} from "../crypto/index.js";
import type { KeyStore, MadeMaterial, MaterialOwner } from "./port.js";
import { refuses } from "./test-refusals.js";

type Check = (title: string, body: (store: KeyStore) => Promise<void>) => void;

const OWNER: MaterialOwner = { account: "111122223333", region: "us-east-1", keyId: "a-key-pair" };
const AAD = canonicalContext({ purpose: "contract" });
const MESSAGE = utf8("what is signed");
const OAEP = "RSAES_OAEP_SHA_256";

/** The algorithm each signing key is tried with. RSA signs below, with the one key that is made for all it does. */
const SIGNERS = {
  ECC_NIST_P256: "ECDSA_SHA_256",
  ECC_NIST_P384: "ECDSA_SHA_384",
  ECC_NIST_P521: "ECDSA_SHA_512",
  ECC_SECG_P256K1: "ECDSA_SHA_256",
  ECC_NIST_EDWARDS25519: "ED25519_SHA_512",
  ML_DSA_44: "ML_DSA_SHAKE_256",
  ML_DSA_65: "ML_DSA_SHAKE_256",
  ML_DSA_87: "ML_DSA_SHAKE_256",
} as const satisfies Partial<Record<KeyPairSpec, SigningAlgorithm>>;

/** What every key store does with key pairs. */
export function pairContract(check: Check): void {
  check("each kind of signing key signs what its public key verifies", async (store) => {
    for (const [spec, algorithm] of Object.entries(SIGNERS) as [keyof typeof SIGNERS, SigningAlgorithm][]) {
      const material = await store.createMaterial(OWNER, spec);
      const signature = await store.sign(material, algorithm, "RAW", MESSAGE);
      assert.ok(await verify(spec, publicKeyOf(material), algorithm, "RAW", MESSAGE, signature), spec);
      const other = await store.createMaterial(OWNER, "ECC_NIST_P256");
      if (spec === "ECC_NIST_P256") {
        assert.ok(!(await verify(spec, publicKeyOf(other), algorithm, "RAW", MESSAGE, signature)));
      }
    }
  });

  check("digests are signed as digests", async (store) => {
    const material = await store.createMaterial(OWNER, "ECC_NIST_EDWARDS25519");
    const [algorithm, digest] = ["ED25519_PH_SHA_512", Buffer.alloc(64, 3)] as const;
    const signature = await store.sign(material, algorithm, "DIGEST", digest);
    const publicKey = publicKeyOf(material);
    assert.ok(await verify("ECC_NIST_EDWARDS25519", publicKey, algorithm, "DIGEST", digest, signature));
    assert.ok(!(await verify("ECC_NIST_EDWARDS25519", publicKey, "ED25519_SHA_512", "RAW", digest, signature)));
  });

  check("a key pair does nothing that its spec does not", async (store) => {
    const [symmetric, curve, kem] = [
      await store.createMaterial(OWNER),
      await store.createMaterial(OWNER, "ECC_NIST_P256"),
      await store.createMaterial(OWNER, "ML_KEM_512"),
    ];
    const secp = await store.createMaterial(OWNER, "ECC_SECG_P256K1");
    const wrong: (() => Promise<unknown>)[] = [
      () => store.sign(symmetric, "ECDSA_SHA_256", "RAW", MESSAGE),
      () => store.sign(curve, "ECDSA_SHA_384", "RAW", MESSAGE),
      () => store.sign(curve, "RSASSA_PSS_SHA_256", "RAW", MESSAGE),
      () => store.sign(curve, "ECDSA_SHA_256", "EXTERNAL_MU", Buffer.alloc(64)),
      () => store.sign(kem, "ML_DSA_SHAKE_256", "RAW", MESSAGE),
      () => store.encrypt(curve, MESSAGE, AAD),
      () => store.decrypt(curve, MESSAGE, AAD),
      () => store.generateDataKey(curve, 32, AAD),
      () => store.generateDataKeyPair(curve, "ECC_NIST_P256", AAD),
      () => store.mac(curve, "HMAC_SHA_256", MESSAGE),
      () => store.agree(symmetric, publicKeyOf(curve)),
      () => store.agree(kem, publicKeyOf(curve)),
      () => store.agree(secp, publicKeyOf(secp)),
      () => store.decapsulate(curve, Buffer.alloc(768)),
      () => store.decapsulate(symmetric, Buffer.alloc(768)),
      () => store.decryptAsymmetric(curve, OAEP, Buffer.alloc(256)),
      () => store.decryptAsymmetric(symmetric, OAEP, Buffer.alloc(256)),
    ];
    for (const call of wrong) await refuses(call(), "wrong-material");
  });

  check("a key pair under another key, account or Region is not found", async (store) => {
    const material = await store.createMaterial(OWNER, "ECC_NIST_P256");
    const under = (owner: Partial<MaterialOwner>) => ({ ...material, owner: { ...OWNER, ...owner } });
    const signed = (it: typeof material) => store.sign(it, "ECDSA_SHA_256", "RAW", MESSAGE);
    await refuses(signed(under({ keyId: "another" })), "material-not-found");
    await refuses(signed(under({ account: "999999999999" })), "material-not-found");
    await refuses(signed(under({ region: "eu-west-1" })), "material-not-found");
    await signed(material);
    await store.destroy(material);
    await refuses(signed(material), "material-not-found");
  });

  check("both sides of an agreement get the same secret; what is no peer's key is refused", async (store) => {
    for (const spec of ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"] as const) {
      const [a, b] = [await store.createMaterial(OWNER, spec), await store.createMaterial(OWNER, spec)];
      const secret = await store.agree(a, publicKeyOf(b));
      assert.equal(secret.length, KEY_PAIRS[spec].coordinateBytes);
      assert.deepEqual(await store.agree(b, publicKeyOf(a)), secret);
      await refuses(store.agree(a, publicKeyOf(b).subarray(1)), "bad-peer-key");
      await refuses(store.agree(a, Buffer.alloc(0)), "bad-peer-key");
    }
  });

  check("an encapsulated secret comes back; only a ciphertext of another length is refused", async (store) => {
    for (const spec of ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] as const) {
      const material = await store.createMaterial(OWNER, spec);
      const { sharedSecret, ciphertext } = await encapsulate(spec, publicKeyOf(material));
      const back = await store.decapsulate(material, ciphertext);
      sharedSecret.use((bytes) => assert.deepEqual(back, bytes));
      ciphertext[0]! ^= 1;
      const other = await store.decapsulate(material, ciphertext);
      assert.equal(other.length, 32);
      assert.notDeepEqual(other, back);
      await refuses(store.decapsulate(material, ciphertext.subarray(1)), "bad-ciphertext");
    }
  });

  check("an RSA key signs and decrypts, and texts move between it and symmetric keys unseen", async (store) => {
    const [rsa, symmetric] = [await store.createMaterial(OWNER, "RSA_2048"), await store.createMaterial(OWNER)];
    const [publicKey, algorithm] = [publicKeyOf(rsa), OAEP] as const;
    const ciphertext = rsaEncrypt(publicKey, algorithm, MESSAGE);
    assert.deepEqual(await store.decryptAsymmetric(rsa, algorithm, ciphertext), MESSAGE);
    await refuses(store.decryptAsymmetric(rsa, "RSAES_OAEP_SHA_1", ciphertext), "bad-ciphertext");
    await refuses(store.decryptAsymmetric(rsa, algorithm, ciphertext.subarray(1)), "bad-ciphertext");
    const signature = await store.sign(rsa, "RSASSA_PSS_SHA_256", "RAW", MESSAGE);
    assert.ok(await verify("RSA_2048", publicKey, "RSASSA_PSS_SHA_256", "RAW", MESSAGE, signature));

    const from = { material: rsa, blob: ciphertext, algorithm };
    const blob = await store.reEncrypt(from, { material: symmetric, aad: AAD });
    assert.deepEqual(await store.decrypt(symmetric, blob, AAD), MESSAGE);
    const back = await store.reEncrypt({ material: symmetric, blob, aad: AAD }, { publicKey, algorithm });
    assert.deepEqual(await store.decryptAsymmetric(rsa, algorithm, back), MESSAGE);
    const again = await store.reEncrypt({ ...from, blob: back }, { publicKey, algorithm: "RSAES_OAEP_SHA_1" });
    assert.deepEqual(await store.decryptAsymmetric(rsa, "RSAES_OAEP_SHA_1", again), MESSAGE);

    const [fits, longer] = [Buffer.alloc(190), Buffer.alloc(191)];
    const [short, long] = [await store.encrypt(symmetric, fits, AAD), await store.encrypt(symmetric, longer, AAD)];
    await store.reEncrypt({ material: symmetric, blob: short, aad: AAD }, { publicKey, algorithm });
    const tooLong = store.reEncrypt({ material: symmetric, blob: long, aad: AAD }, { publicKey, algorithm });
    await refuses(tooLong, "too-long");
    const changed = Buffer.from(ciphertext);
    changed[0]! ^= 1;
    await refuses(store.reEncrypt({ ...from, blob: changed }, { material: symmetric, aad: AAD }), "bad-ciphertext");
    await refuses(store.reEncrypt({ ...from, material: symmetric }, { publicKey, algorithm }), "wrong-material");
  });

  check("a data key pair's blob holds the private key of its public key", async (store) => {
    const material = await store.createMaterial(OWNER);
    for (const spec of ["ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "RSA_2048"] as const) {
      const made = await store.generateDataKeyPair(material, spec, AAD);
      const opened = Secret.own(await store.decrypt(material, made.blob, AAD));
      const imported = importPrivateKey(spec, opened);
      assert.deepEqual(Buffer.from(imported.publicKey), Buffer.from(made.publicKey));
      const own = made.privateKey.use((bytes) => Buffer.from(bytes));
      opened.use((bytes) => assert.deepEqual(bytes, own));
      privateKeyBytes(imported.privateKey).use((bytes) => assert.deepEqual(bytes, own));
    }
    const { publicKey, blob } = await store.generateDataKeyPairBlob(material, "ECC_SECG_P256K1", AAD);
    const imported = importPrivateKey("ECC_SECG_P256K1", Secret.own(await store.decrypt(material, blob, AAD)));
    assert.deepEqual(Buffer.from(imported.publicKey), Buffer.from(publicKey));
    await refuses(store.decrypt(material, blob, canonicalContext({})), "bad-ciphertext");
  });

  check("an ML-KEM data key pair gives its seed", async (store) => {
    const made = await store.generateDataKeyPair(await store.createMaterial(OWNER), "ML_KEM_768", AAD);
    made.privateKey.use((bytes) => assert.equal(bytes.length, 86));
    assert.equal(made.publicKey.length, 22 + 1184);
  });
}

function publicKeyOf(material: MadeMaterial): Buffer {
  assert.ok(material.publicKey !== undefined);
  return Buffer.from(material.publicKey);
}
