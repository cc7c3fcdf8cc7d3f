import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../base/index.js";
import { keyStoreContract, refuses } from "../contract.js";
import { softwareKeyStore } from "../testing.js";
import { SoftwareKeyStore } from "./software-key-store.js";
import { findMaterial, type KeystoreDatabase } from "./store.js";

const OWNER = { account: "111122223333", region: "us-east-1", keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" };
const AAD = Buffer.alloc(4);

keyStoreContract("software", softwareKeyStore);

test("material outlives the process that made it", async () => {
  const first = await softwareKeyStore();
  const material = await first.store.createMaterial(OWNER);
  const blob = await first.store.encrypt(material, utf8("kept"), AAD);
  await first.database.close();
  const second = await first.reopen();
  assert.deepEqual(await second.keyStore.decrypt(material, blob, AAD), utf8("kept"));
  await second.database.close();
  first.folder.remove();
});

test("a row that was moved to another key does not open", async () => {
  const { store, database, reopen, close } = await softwareKeyStore();
  const material = await store.createMaterial(OWNER);
  await database.write((tx) => tx.run("UPDATE material SET key_id = ? WHERE id = ?", "another-key", material.id));
  const moved = { ...material, owner: { ...OWNER, keyId: "another-key" } };
  const fresh = await reopen();
  await assert.rejects(fresh.keyStore.encrypt(moved, utf8("x"), AAD), { name: "BrokenSeal" });
  await fresh.database.close();
  await close();
});

test("a row that was moved to another Region does not open, nor is it copied on", async () => {
  const { store, database, reopen, close } = await softwareKeyStore();
  const material = await store.createMaterial(OWNER);
  await database.write((tx) => tx.run("UPDATE material SET region = ? WHERE id = ?", "eu-west-1", material.id));
  const moved = { ...material, owner: { ...OWNER, region: "eu-west-1" } };
  const fresh = await reopen();
  await assert.rejects(fresh.keyStore.encrypt(moved, utf8("x"), AAD), { name: "BrokenSeal" });
  await assert.rejects(fresh.keyStore.copyMaterial(moved, "us-west-2"), { name: "BrokenSeal" });
  await fresh.database.close();
  await close();
});

test("a row that was swapped with another key's does not open", async () => {
  const { store, database, reopen, close } = await softwareKeyStore();
  const [a, b] = [await store.createMaterial(OWNER), await store.createMaterial({ ...OWNER, keyId: "another-key" })];
  await database.write((tx) =>
    tx.run("UPDATE material SET wrapped = (SELECT wrapped FROM material WHERE id = ?) WHERE id = ?", a.id, b.id),
  );
  const fresh = await reopen();
  await assert.rejects(fresh.keyStore.encrypt(b, utf8("x"), AAD), { name: "BrokenSeal" });
  await fresh.database.close();
  await close();
});

test("destroying leaves no row behind", async () => {
  const { store, database, close } = await softwareKeyStore();
  const material = await store.createMaterial(OWNER);
  await store.destroy(material);
  assert.deepEqual(await database.read((tx) => tx.all("SELECT id FROM material ORDER BY id LIMIT 2")), []);
  await close();
});

test("all of the row is overwritten before it goes, whatever its length", async () => {
  const { database, root, close } = await softwareKeyStore();
  const written: (readonly [sql: string, ...values: unknown[]])[] = [];
  const watched: KeystoreDatabase = {
    read: (unit) => database.read(unit),
    write: (unit) =>
      database.write((tx) =>
        unit({
          get: (sql, ...values) => tx.get(sql, ...values),
          all: (sql, ...values) => tx.all(sql, ...values),
          run: (sql, ...values) => {
            written.push([sql, ...values]);
            return tx.run(sql, ...values);
          },
        }),
      ),
  };
  const store = new SoftwareKeyStore(watched, root);
  for (const spec of ["SYMMETRIC_DEFAULT", "HMAC_512", "ECC_NIST_P521"] as const) {
    const material = await store.createMaterial(OWNER, spec);
    const bytes = (await findMaterial(database, material))!.wrapped.length;
    written.length = 0;
    await store.destroy(material);
    const [[overwrite, zeros], [remove]] = written as [[string, Uint8Array], [string]]; // the two statements below
    assert.match(overwrite, /^UPDATE material SET wrapped/);
    assert.deepEqual(Buffer.from(zeros), Buffer.alloc(bytes), spec);
    assert.match(remove, /^DELETE/);
  }
  await close();
});

test("material that is destroyed while it is being loaded is not used afterwards", async () => {
  const { store, reopen, close } = await softwareKeyStore();
  const material = await store.createMaterial(OWNER);
  const fresh = await reopen();
  const loading = fresh.keyStore.encrypt(material, utf8("x"), AAD).catch(() => "refused");
  await fresh.keyStore.destroy(material);
  await loading;
  await refuses(fresh.keyStore.encrypt(material, utf8("x"), AAD), "material-not-found");
  await fresh.database.close();
  await close();
});
