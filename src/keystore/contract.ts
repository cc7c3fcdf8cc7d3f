import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, utf8 } from "../base/index.js";
import { canonicalContext, describeBlob } from "../crypto/index.js";
import { hmacContract } from "./hmac-contract.js";
import { importContract } from "./import-contract.js";
import { pairContract } from "./pair-contract.js";
import type { KeyStore, Material, MaterialOwner } from "./port.js";
import { refuses } from "./test-refusals.js";

export { refuses };

const OWNER: MaterialOwner = {
  account: "111122223333",
  region: "us-east-1",
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
};
const AAD = canonicalContext({ purpose: "contract" });
const OTHER_AAD = canonicalContext({ purpose: "another" });
const PLAINTEXT = utf8("what the contract seals");

/** What every key store does, whatever holds its material. `make` gives a fresh one and what closes it. */
export function keyStoreContract(
  name: string,
  make: () => Promise<{ store: KeyStore; close: () => Promise<void> }>,
): void {
  const check = (title: string, body: (store: KeyStore) => Promise<void>) =>
    test(`${name}: ${title}`, async () => {
      const { store, close } = await make();
      try {
        await body(store);
      } finally {
        await close();
      }
    });

  check("what it encrypts it decrypts, and two ciphertexts of one text differ", async (store) => {
    const material = await store.createMaterial(OWNER);
    const blobs = [await store.encrypt(material, PLAINTEXT, AAD), await store.encrypt(material, PLAINTEXT, AAD)];
    assert.notEqual(hex(blobs[0]!), hex(blobs[1]!));
    for (const blob of blobs) assert.deepEqual(await store.decrypt(material, blob, AAD), PLAINTEXT);
  });

  check("a blob tells its account, key and material", async (store) => {
    const material = await store.createMaterial(OWNER);
    const header = describeBlob(await store.encrypt(material, PLAINTEXT, AAD));
    assert.deepEqual(header, { account: OWNER.account, keyId: OWNER.keyId, materialId: material.id });
    assert.match(material.id, /^[0-9a-f]{64}$/);
  });

  check("4096 bytes fit the largest blob, and nothing at all can be sealed too", async (store) => {
    const material = await store.createMaterial({ ...OWNER, keyId: `mrk-${"0".repeat(32)}` });
    for (const bytes of [0, 4096]) {
      const plaintext = Buffer.alloc(bytes, 7);
      const blob = await store.encrypt(material, plaintext, AAD);
      assert.ok(blob.length <= 6144);
      assert.deepEqual(await store.decrypt(material, blob, AAD), plaintext);
    }
  });

  check("another context, a changed blob and another material's blob are bad ciphertexts", async (store) => {
    const [material, other] = [await store.createMaterial(OWNER), await store.createMaterial(OWNER)];
    const blob = await store.encrypt(material, PLAINTEXT, AAD);
    const changed = Buffer.from(blob);
    changed[changed.length - 1]! ^= 1;
    await refuses(store.decrypt(material, blob, OTHER_AAD), "bad-ciphertext");
    await refuses(store.decrypt(material, changed, AAD), "bad-ciphertext");
    await refuses(store.decrypt(material, Buffer.alloc(0), AAD), "bad-ciphertext");
    await refuses(store.decrypt(other, blob, AAD), "bad-ciphertext");
  });

  check("material under another key or account is not found", async (store) => {
    const material = await store.createMaterial(OWNER);
    const strange: Material[] = [
      { ...material, owner: { ...OWNER, keyId: "another-key" } },
      { ...material, owner: { ...OWNER, account: "999999999999" } },
      { ...material, owner: { ...OWNER, region: "eu-west-1" } },
      { ...material, id: "0".repeat(64) as Material["id"] },
    ];
    for (const it of strange) await refuses(store.encrypt(it, PLAINTEXT, AAD), "material-not-found");
  });

  check("a copy in another Region opens what the first sealed and the reverse, and outlives it", async (store) => {
    const material = await store.createMaterial({ ...OWNER, keyId: "mrk-1234" });
    const copy = await store.copyMaterial(material, "eu-west-1");
    assert.deepEqual(copy, { ...material, owner: { ...material.owner, region: "eu-west-1" } });
    assert.deepEqual(await store.copyMaterial(material, "eu-west-1"), copy, "copying again is no error");
    const [here, there] = [await store.encrypt(material, PLAINTEXT, AAD), await store.encrypt(copy, PLAINTEXT, AAD)];
    assert.deepEqual(await store.decrypt(copy, here, AAD), PLAINTEXT);
    assert.deepEqual(await store.decrypt(material, there, AAD), PLAINTEXT);
    await store.destroy(material);
    await refuses(store.decrypt(material, here, AAD), "material-not-found");
    assert.deepEqual(await store.decrypt(copy, here, AAD), PLAINTEXT);
  });

  check("destroying a copy leaves the first, and another copy can be made", async (store) => {
    const material = await store.createMaterial({ ...OWNER, keyId: "mrk-5678" });
    const blob = await store.encrypt(material, PLAINTEXT, AAD);
    const copy = await store.copyMaterial(material, "eu-west-1");
    await store.destroy(copy);
    await refuses(store.decrypt(copy, blob, AAD), "material-not-found");
    assert.deepEqual(await store.decrypt(material, blob, AAD), PLAINTEXT);
    assert.deepEqual(await store.decrypt(await store.copyMaterial(material, "eu-west-1"), blob, AAD), PLAINTEXT);
  });

  check("a copy of an HMAC key makes the same codes, and a copy of a key pair opens what it is for", async (store) => {
    const hmac = await store.createMaterial({ ...OWNER, keyId: "mrk-mac" }, "HMAC_256");
    const there = await store.copyMaterial(hmac, "eu-west-1");
    const made = await store.mac(hmac, "HMAC_SHA_256", PLAINTEXT);
    assert.ok(await store.verifyMac(there, "HMAC_SHA_256", PLAINTEXT, made));
    await store.destroy(hmac);
    assert.deepEqual(await store.mac(there, "HMAC_SHA_256", PLAINTEXT), made);
    const pair = await store.createMaterial({ ...OWNER, keyId: "mrk-pair" }, "ECC_NIST_EDWARDS25519");
    const copy = await store.copyMaterial(pair, "eu-west-1");
    const sign = (material: Material) => store.sign(material, "ED25519_SHA_512", "RAW", PLAINTEXT);
    assert.deepEqual(await sign(copy), await sign(pair), "Ed25519 signs without chance");
  });

  check("there is no copy of what is not there, or is another key's", async (store) => {
    const material = await store.createMaterial(OWNER);
    const strange = { ...material, owner: { ...OWNER, keyId: "another-key" } };
    await refuses(store.copyMaterial(strange, "eu-west-1"), "material-not-found");
    await store.destroy(material);
    await refuses(store.copyMaterial(material, "eu-west-1"), "material-not-found");
  });

  check("a data key and its blob agree, and the blob alone is another key each time", async (store) => {
    const material = await store.createMaterial(OWNER);
    const { plaintext, blob } = await store.generateDataKey(material, 32, AAD);
    const opened = await store.decrypt(material, blob, AAD);
    assert.equal(opened.length, 32);
    plaintext.use((bytes) => assert.deepEqual(opened, bytes));
    const alone = await store.decrypt(material, await store.generateDataKeyBlob(material, 64, AAD), AAD);
    assert.equal(alone.length, 64);
    assert.notDeepEqual(alone.subarray(0, 32), opened);
  });

  check("reEncrypt moves a plaintext to another material and context", async (store) => {
    const [from, to] = [
      await store.createMaterial(OWNER),
      await store.createMaterial({ ...OWNER, keyId: "other-key" }),
    ];
    const blob = await store.encrypt(from, PLAINTEXT, AAD);
    const moved = await store.reEncrypt({ material: from, blob, aad: AAD }, { material: to, aad: OTHER_AAD });
    assert.deepEqual(await store.decrypt(to, moved, OTHER_AAD), PLAINTEXT);
    await refuses(store.decrypt(from, moved, OTHER_AAD), "bad-ciphertext");
    await refuses(
      store.reEncrypt({ material: from, blob, aad: OTHER_AAD }, { material: to, aad: OTHER_AAD }),
      "bad-ciphertext",
    );
  });

  check("destroyed material is gone at once, and destroying it again is no error", async (store) => {
    const material = await store.createMaterial(OWNER);
    const blob = await store.encrypt(material, PLAINTEXT, AAD);
    await store.destroy({ ...material, owner: { ...OWNER, keyId: "not-its-owner" } });
    assert.deepEqual(await store.decrypt(material, blob, AAD), PLAINTEXT);
    await store.destroy(material);
    await refuses(store.decrypt(material, blob, AAD), "material-not-found");
    await store.destroy(material);
  });

  check("many calls at once each get their own answer", async (store) => {
    const material = await store.createMaterial(OWNER);
    const texts = Array.from({ length: 200 }, (_, index) => utf8(`text ${index} ${"x".repeat(index * 20)}`));
    const blobs = await Promise.all(texts.map((text) => store.encrypt(material, text, AAD)));
    assert.deepEqual(await Promise.all(blobs.map((blob) => store.decrypt(material, blob, AAD))), texts);
  });

  check("random bytes have the length asked for and do not repeat", async (store) => {
    const [a, b] = [await store.randomBytes(1024), await store.randomBytes(1024)];
    assert.equal(a.length, 1024);
    assert.notDeepEqual(a, b);
    await assert.rejects(store.randomBytes(1025));
  });

  check("a house key is the same for its purpose and another for another", async (store) => {
    const keys = await Promise.all(["database/kms", "database/kms", "database/iam"].map((it) => store.houseKey(it)));
    const [a, b, c] = keys.map((key) => key.use(hex));
    assert.equal(a, b);
    assert.notEqual(a, c);
    assert.match(a!, /^[0-9a-f]{64}$/);
  });

  importContract(check);
  hmacContract(check);
  pairContract(check);

  check("the key of the key store's own file is not given to anyone who asks", async (store) => {
    for (const purpose of ["database/keystore", "keystore/imported-material-ids"]) {
      await assert.rejects(store.houseKey(purpose), purpose);
    }
  });
}
