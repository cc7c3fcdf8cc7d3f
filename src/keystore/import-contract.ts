import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { addDays, hex } from "../base/index.js";
import { canonicalContext, type MaterialSpec, verify } from "../crypto/index.js";
import { testRsaKey, wrapForImport } from "../crypto/testing.js";
import type { ImportParameters, ImportRequest, KeyStore, Material, MaterialOwner } from "./port.js";
import { refuses } from "./test-refusals.js";

const OWNER: MaterialOwner = { account: "111122223333", region: "us-east-1", keyId: "imported-key" };
const AAD = canonicalContext(undefined);
const NOW = new Date("2026-11-21T09:00:00Z");
const VALID_TO = addDays(NOW, 1);
const WRAPPING = { keySpec: "RSA_2048", algorithm: "RSAES_OAEP_SHA_256" } as const;
const BYTES = Buffer.alloc(32, 0x5a);

type Check = (title: string, body: (store: KeyStore) => Promise<void>) => void;

const ask = (store: KeyStore, owner = OWNER) => store.importParameters(owner, WRAPPING, VALID_TO);

const request = ({ publicKey, token }: ImportParameters, bytes = BYTES): ImportRequest => ({
  spec: "SYMMETRIC_DEFAULT",
  token,
  wrapped: wrapForImport(publicKey, WRAPPING.algorithm, bytes),
  now: NOW,
  expected: {},
});

/** What every key store does with material that comes from outside. */
export function importContract(check: Check): void {
  check("what was imported encrypts, and its id follows from key and bytes", async (store) => {
    const parameters = await ask(store);
    const material = await store.importMaterial(OWNER, request(parameters));
    assert.match(material.id, /^[0-9a-f]{64}$/);
    const blob = await store.encrypt(material, Buffer.from("x"), AAD);
    assert.equal(String(await store.decrypt(material, blob, AAD)), "x");
    const again = await store.importMaterial(OWNER, request(await ask(store)));
    assert.equal(again.id, material.id);
    assert.equal(String(await store.decrypt(again, blob, AAD)), "x");
    const others = [
      await store.importMaterial(OWNER, request(parameters, Buffer.alloc(32, 0x5b))),
      await importInto(store, { ...OWNER, keyId: "another-key" }),
    ];
    assert.equal(new Set([material, ...others].map(({ id }) => id)).size, 3);
  });

  check("the same bytes in another key open nothing of the first", async (store) => {
    const [one, other] = [await importInto(store, OWNER), await importInto(store, { ...OWNER, keyId: "another-key" })];
    const blob = await store.encrypt(one, Buffer.from("x"), AAD);
    await refuses(store.decrypt(other, blob, AAD), "bad-ciphertext");
  });

  check("destroyed and imported again, it opens what it sealed before", async (store) => {
    const material = await importInto(store, OWNER);
    const blob = await store.encrypt(material, Buffer.from("x"), AAD);
    await store.destroy(material);
    await refuses(store.decrypt(material, blob, AAD), "material-not-found");
    assert.deepEqual(await importInto(store, OWNER), material);
    assert.equal(String(await store.decrypt(material, blob, AAD)), "x");
  });

  check("a token is good for its key until its time, as often as wanted", async (store) => {
    const first = await ask(store);
    const second = await ask(store);
    assert.notEqual(hex(first.publicKey), hex(second.publicKey));
    const last = new Date(VALID_TO.getTime() - 1);
    await store.importMaterial(OWNER, { ...request(first), now: last });
    await store.importMaterial(OWNER, { ...request(first), now: last });
    await refuses(store.importMaterial(OWNER, { ...request(first), now: VALID_TO }), "expired-token");
    for (const owner of [
      { ...OWNER, keyId: "another-key" },
      { ...OWNER, region: "eu-west-1" },
      { ...OWNER, account: "999999999999" },
    ]) {
      await refuses(store.importMaterial(owner, request(first)), "bad-token");
    }
    const changed = Buffer.from(first.token);
    changed[changed.length - 1]! ^= 1;
    for (const token of [changed, Buffer.alloc(1), Buffer.alloc(6145), first.token.subarray(1)]) {
      await refuses(store.importMaterial(OWNER, { ...request(first), token }), "bad-token");
    }
    await refuses(
      store.importMaterial(OWNER, { ...request(first), wrapped: request(second).wrapped }),
      "bad-ciphertext",
    );
  });

  check("the wrong length, and other bytes than the key expects, are wrong material", async (store) => {
    const parameters = await ask(store);
    for (const length of [0, 16, 31, 33]) {
      await refuses(store.importMaterial(OWNER, request(parameters, Buffer.alloc(length, 1))), "wrong-material");
    }
    const { id } = await store.importMaterial(OWNER, request(parameters));
    const other = Buffer.alloc(32, 0x77);
    await refuses(
      store.importMaterial(OWNER, { ...request(parameters, other), expected: { only: [id] } }),
      "wrong-material",
    );
    await refuses(
      store.importMaterial(OWNER, { ...request(parameters, other), expected: { only: [] } }),
      "wrong-material",
    );
    await refuses(store.importMaterial(OWNER, { ...request(parameters), expected: { never: [id] } }), "wrong-material");
    assert.equal((await store.listMaterials()).length, 1, "what is refused is not taken in");
    await store.importMaterial(OWNER, { ...request(parameters), expected: { only: [id] } });
    await store.importMaterial(OWNER, { ...request(parameters, other), expected: { never: [id] } });
  });

  check("HMAC material is at least as long as the MAC and at most 128 bytes", async (store) => {
    const parameters = await ask(store);
    for (const [spec, least] of [
      ["HMAC_224", 28],
      ["HMAC_512", 64],
    ] as const) {
      for (const length of [least - 1, 129]) {
        const order = { ...request(parameters, Buffer.alloc(length, 1)), spec };
        await refuses(store.importMaterial(OWNER, order), "wrong-material");
      }
      for (const length of [least, 128]) {
        const bytes = Buffer.alloc(length, 1);
        const { id, owner } = await store.importMaterial(OWNER, { ...request(parameters, bytes), spec });
        const algorithm = `HMAC_SHA_${spec.slice(5)}` as "HMAC_SHA_224" | "HMAC_SHA_512"; // of the two specs above
        const expected = createHmac(`sha${spec.slice(5)}`, bytes)
          .update("message")
          .digest();
        assert.deepEqual(await store.mac({ id, owner }, algorithm, Buffer.from("message")), expected);
      }
    }
  });

  check("private keys come in as PKCS #8, of the key's own spec only; the public half is computed", async (store) => {
    const algorithm = "RSA_AES_KEY_WRAP_SHA_256";
    const { publicKey, token } = await store.importParameters(OWNER, { keySpec: "RSA_2048", algorithm }, VALID_TO);
    const order = (spec: MaterialSpec, pkcs8: Buffer): ImportRequest => {
      const wrapped = wrapForImport(publicKey, algorithm, pkcs8);
      return { spec, token, wrapped, now: NOW, expected: {} };
    };
    for (const [spec, signing, pair] of outsidePairs()) {
      const made = await store.importMaterial(OWNER, order(spec, pair.privateKey));
      assert.deepEqual(Buffer.from(made.publicKey ?? []), pair.publicKey, spec);
      const again = await store.importMaterial(OWNER, order(spec, pair.privateKey));
      assert.equal(again.id, made.id);
      const signature = await store.sign(made, signing, "RAW", Buffer.from("message"));
      assert.ok(verify(spec, pair.publicKey, signing, "RAW", Buffer.from("message"), signature), spec);
      for (const wrong of ["RSA_3072", "ECC_NIST_P384", "ECC_SECG_P256K1"] as const) {
        await refuses(store.importMaterial(OWNER, order(wrong, pair.privateKey)), "wrong-material");
      }
      await refuses(store.importMaterial(OWNER, order(spec, pair.privateKey.subarray(1))), "wrong-material");
      await refuses(store.importMaterial(OWNER, order(spec, pair.publicKey)), "wrong-material");
    }
  });

  check("a trial tells the id and takes nothing in", async (store) => {
    const parameters = await ask(store);
    const trial = await store.importMaterial(OWNER, { ...request(parameters), expected: { isTrial: true } });
    assert.deepEqual(await store.listMaterials(), []);
    assert.equal((await store.importMaterial(OWNER, request(parameters))).id, trial.id);
  });

  check("all material can be listed, page by page", async (store) => {
    const made: string[] = [];
    for (let count = 0; count < 3; count++) made.push((await store.createMaterial(OWNER)).id);
    const all = await store.listMaterials();
    assert.deepEqual(
      all.map(({ id }) => id),
      made.sort(),
    );
    assert.deepEqual(all[0]?.owner, OWNER);
    assert.deepEqual(await store.listMaterials(all[0]), all.slice(1));
    assert.deepEqual(await store.listMaterials(all[2]), []);
  });
}

/** Key pairs that Node makes, as their owners would bring them. */
function outsidePairs() {
  return [
    ["RSA_2048", "RSASSA_PSS_SHA_256", encoded(rsaPair())],
    ["ECC_NIST_P256", "ECDSA_SHA_256", encoded(generateKeyPairSync("ec", { namedCurve: "P-256" }))],
    ["ECC_NIST_P521", "ECDSA_SHA_512", encoded(generateKeyPairSync("ec", { namedCurve: "P-521" }))],
    ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", encoded(generateKeyPairSync("ed25519"))],
  ] as const;
}

function rsaPair(): KeyPairKeyObjectResult {
  const privateKey = testRsaKey("RSA_2048");
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

const encoded = ({ publicKey, privateKey }: KeyPairKeyObjectResult) => ({
  publicKey: publicKey.export({ type: "spki", format: "der" }),
  privateKey: privateKey.export({ type: "pkcs8", format: "der" }),
});

async function importInto(store: KeyStore, owner: MaterialOwner): Promise<Material> {
  return store.importMaterial(owner, request(await ask(store, owner)));
}
