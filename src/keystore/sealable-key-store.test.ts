import assert from "node:assert/strict";
import { test } from "node:test";
import { refuses } from "./contract.js";
import type { KeyStore } from "./port.js";
import { SealableKeyStore } from "./sealable-key-store.js";
import { softwareKeyStore } from "./testing.js";

const OWNER = { account: "111122223333", region: "us-east-1", keyId: "some-key" };
const NOTHING = Buffer.alloc(0);

test("every call is refused before unsealing and after sealing, and answered between", async () => {
  const { store, close } = await softwareKeyStore();
  const door = new SealableKeyStore();
  const material = await store.createMaterial(OWNER);
  const calls: Record<keyof KeyStore, () => Promise<unknown>> = {
    createMaterial: () => door.createMaterial(OWNER),
    encrypt: () => door.encrypt(material, NOTHING, NOTHING),
    decrypt: async () => door.decrypt(material, await store.encrypt(material, NOTHING, NOTHING), NOTHING),
    generateDataKey: () => door.generateDataKey(material, 32, NOTHING),
    generateDataKeyBlob: () => door.generateDataKeyBlob(material, 32, NOTHING),
    reEncrypt: async () => {
      const blob = await store.encrypt(material, NOTHING, NOTHING);
      return door.reEncrypt(material, blob, NOTHING, material, NOTHING);
    },
    randomBytes: () => door.randomBytes(16),
    houseKey: () => door.houseKey("purpose"),
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
