import assert from "node:assert/strict";
import { hex, utf8 } from "../base/index.js";
import { HMAC_KEYS, HMACS, type HmacAlgorithm, type HmacSpec } from "../crypto/index.js";
import type { KeyStore, MaterialOwner } from "./port.js";
import { refuses } from "./test-refusals.js";

type Check = (title: string, body: (store: KeyStore) => Promise<void>) => void;

const OWNER: MaterialOwner = { account: "111122223333", region: "us-east-1", keyId: "an-hmac-key" };
const MESSAGE = utf8("what is tagged");
const SPECS = Object.keys(HMAC_KEYS) as HmacSpec[]; // the table's own names
const ALGORITHMS = Object.keys(HMACS) as HmacAlgorithm[];

/** What every key store does with HMAC keys. */
export function hmacContract(check: Check): void {
  check("an HMAC key tags with its own algorithm, whole and the same each time", async (store) => {
    for (const spec of SPECS) {
      const { algorithm } = HMAC_KEYS[spec];
      const material = await store.createMaterial(OWNER, spec);
      assert.equal(material.publicKey, undefined);
      const tag = await store.mac(material, algorithm, MESSAGE);
      assert.equal(tag.length, HMACS[algorithm].macBytes);
      assert.deepEqual(await store.mac(material, algorithm, MESSAGE), tag);
      assert.equal(await store.verifyMac(material, algorithm, MESSAGE, tag), true);
      const other = await store.createMaterial(OWNER, spec);
      assert.notEqual(hex(await store.mac(other, algorithm, MESSAGE)), hex(tag));
      assert.equal(await store.verifyMac(other, algorithm, MESSAGE, tag), false);
    }
  });

  check("a changed, cut or longer tag and another message are no tag", async (store) => {
    const material = await store.createMaterial(OWNER, "HMAC_256");
    const tag = await store.mac(material, "HMAC_SHA_256", MESSAGE);
    const changed = Buffer.from(tag);
    changed[31]! ^= 1;
    for (const it of [changed, tag.subarray(0, 31), Buffer.concat([tag, Buffer.alloc(1)]), Buffer.alloc(0)]) {
      assert.equal(await store.verifyMac(material, "HMAC_SHA_256", MESSAGE, it), false);
    }
    assert.equal(await store.verifyMac(material, "HMAC_SHA_256", utf8("another"), tag), false);
  });

  check("an HMAC key does nothing else, and nothing else tags", async (store) => {
    const material = await store.createMaterial(OWNER, "HMAC_256");
    for (const algorithm of ALGORITHMS.filter((it) => it !== "HMAC_SHA_256")) {
      await refuses(store.mac(material, algorithm, MESSAGE), "wrong-material");
      await refuses(store.verifyMac(material, algorithm, MESSAGE, Buffer.alloc(32)), "wrong-material");
    }
    await refuses(store.encrypt(material, MESSAGE, Buffer.alloc(4)), "wrong-material");
    await refuses(store.generateDataKey(material, 32, Buffer.alloc(4)), "wrong-material");
    await refuses(store.sign(material, "ECDSA_SHA_256", "RAW", MESSAGE), "wrong-material");
    await refuses(store.mac(await store.createMaterial(OWNER), "HMAC_SHA_256", MESSAGE), "wrong-material");
  });

  check("an HMAC key under another key or account is not found, and destroyed it is gone", async (store) => {
    const material = await store.createMaterial(OWNER, "HMAC_512");
    for (const owner of [
      { ...OWNER, keyId: "another" },
      { ...OWNER, account: "999999999999" },
    ]) {
      await refuses(store.mac({ ...material, owner }, "HMAC_SHA_512", MESSAGE), "material-not-found");
    }
    await store.destroy(material);
    await refuses(store.mac(material, "HMAC_SHA_512", MESSAGE), "material-not-found");
  });
}
