import assert from "node:assert/strict";
import { test } from "node:test";
import { rsaEncrypt } from "../crypto/index.js";
import { wrapForImport } from "../crypto/testing.js";
import { refuses } from "./contract.js";
import type { KeyStore } from "./port.js";
import { SealableKeyStore } from "./sealable-key-store.js";
import { softwareKeyStore } from "./testing.js";

const OWNER = { account: "111122223333", region: "us-east-1", keyId: "some-key" };
const WRAPPING = { keySpec: "RSA_2048", algorithm: "RSAES_OAEP_SHA_1" } as const;
const NOTHING = Buffer.alloc(0);

test("every call is refused before unsealing and after sealing, and answered between", async () => {
  const { store, close } = await softwareKeyStore();
  const door = new SealableKeyStore();
  const material = await store.createMaterial(OWNER);
  const [curve, hmac] = [
    await store.createMaterial(OWNER, "ECC_NIST_P256"),
    await store.createMaterial(OWNER, "HMAC_224"),
  ];
  const [kem, rsa] = [await store.createMaterial(OWNER, "ML_KEM_512"), await store.createMaterial(OWNER, "RSA_2048")];
  const calls: Record<keyof KeyStore, () => Promise<unknown>> = {
    createMaterial: () => door.createMaterial(OWNER),
    copyMaterial: () => door.copyMaterial(material, "eu-west-1"),
    encrypt: () => door.encrypt(material, NOTHING, NOTHING),
    decrypt: async () => door.decrypt(material, await store.encrypt(material, NOTHING, NOTHING), NOTHING),
    generateDataKey: () => door.generateDataKey(material, 32, NOTHING),
    generateDataKeyBlob: () => door.generateDataKeyBlob(material, 32, NOTHING),
    reEncrypt: async () => {
      const blob = await store.encrypt(material, NOTHING, NOTHING);
      return door.reEncrypt({ material, blob, aad: NOTHING }, { material, aad: NOTHING });
    },
    generateDataKeyPair: () => door.generateDataKeyPair(material, "ECC_NIST_P256", NOTHING),
    generateDataKeyPairBlob: () => door.generateDataKeyPairBlob(material, "ECC_NIST_P256", NOTHING),
    sign: () => door.sign(curve, "ECDSA_SHA_256", "RAW", NOTHING),
    mac: () => door.mac(hmac, "HMAC_SHA_224", NOTHING),
    verifyMac: () => door.verifyMac(hmac, "HMAC_SHA_224", NOTHING, NOTHING),
    agree: () => door.agree(curve, curve.publicKey ?? NOTHING),
    decapsulate: () => door.decapsulate(kem, Buffer.alloc(768)),
    decryptAsymmetric: async () => {
      const text = rsaEncrypt(rsa.publicKey ?? NOTHING, "RSAES_OAEP_SHA_256", NOTHING);
      return door.decryptAsymmetric(rsa, "RSAES_OAEP_SHA_256", text);
    },
    randomBytes: () => door.randomBytes(16),
    houseKey: () => door.houseKey("purpose"),
    importParameters: () => door.importParameters(OWNER, WRAPPING, new Date(1)),
    importMaterial: async () => {
      const { publicKey, token } = await store.importParameters(OWNER, WRAPPING, new Date(1));
      const wrapped = wrapForImport(publicKey, WRAPPING.algorithm, Buffer.alloc(32));
      return door.importMaterial(OWNER, { spec: "SYMMETRIC_DEFAULT", token, wrapped, now: new Date(0), expected: {} });
    },
    listMaterials: () => door.listMaterials(),
    destroy: async () => door.destroy(await store.createMaterial(OWNER)),
  };
  for (const call of Object.values(calls)) await refuses(call(), "sealed");
  door.unseal(store);
  assert.equal(door.isSealed, false);
  for (const call of Object.values(calls)) await call();
  door.seal();
  for (const call of Object.values(calls)) await refuses(call(), "sealed");
  await close();
});
