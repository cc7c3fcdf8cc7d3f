import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { addDays, DAY_MS } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import { testKeyPairs } from "../../crypto/testing.js";
import { KEYSTORE_MIGRATIONS, type MaterialId, SoftwareKeyStore } from "../../keystore/index.js";
import { softwareKeyStore, temporaryFolder } from "../../keystore/testing.js";
import { openSqlite, type SqliteDatabase } from "../../store/index.js";
import { plainDriver } from "../../store/test-plain-driver.js";
import { bytesOf, externalKey, importInto, STAYS } from "./test-imports.js";
import { openTestService, type TestService } from "./testing.js";

// Destroyed material is really gone: the wrapped bytes are searched for in every file that the key store has, before
// and after. In a real folder the page cipher hides them from such a search, so this key store's pages are written
// without the cipher. All else is the same code: the overwriting, the engine's secure_delete, the emptying of its log.

let kms: TestService;
let folder: string;
let database: SqliteDatabase;

before(async () => {
  kms = await openTestService(undefined, plainKeyStore);
});
after(() => kms.close());

/** As the usual one for tests, and its pages can be read. */
async function plainKeyStore(): ReturnType<typeof softwareKeyStore> {
  const usual = await softwareKeyStore();
  const plain = temporaryFolder();
  const key = newSecret();
  folder = plain.path;
  database = await openSqlite(
    { path: join(folder, "keystore.db"), key, migrations: KEYSTORE_MIGRATIONS },
    await plainDriver(),
  );
  const close = async () => {
    await database.close();
    plain.remove();
    await usual.close();
  };
  return {
    ...usual,
    store: new SoftwareKeyStore(database, usual.root, testKeyPairs()),
    database,
    folder: plain,
    close,
  };
}

async function wrappedOf(id: string): Promise<Buffer> {
  const sql = "SELECT wrapped FROM material WHERE id = ?";
  const row = await database.read((tx) => tx.get<{ wrapped: Uint8Array }>(sql, id));
  return Buffer.from(row?.wrapped ?? assert.fail("the material is there"));
}

/** Which files hold any 16 bytes in a row of it, from a place that no other row shares: the first 21 are a header. */
function filesWith(wrapped: Buffer): string[] {
  const pieces: Buffer[] = [];
  for (let at = 21; at + 16 <= wrapped.length; at += 16) pieces.push(wrapped.subarray(at, at + 16));
  assert.ok(pieces.length >= 3);
  return readdirSync(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return pieces.some((piece) => bytes.includes(piece));
  });
}

/** Material lies in the log first; here it is brought into the file as well, and the log is begun anew with more. */
async function intoFileAndLog(ids: readonly string[]): Promise<Buffer[]> {
  const wrapped = await Promise.all(ids.map(wrappedOf));
  for (const each of wrapped) assert.deepEqual(filesWith(each), ["keystore.db-wal"]);
  await database.wipeFreePages();
  for (const each of wrapped) assert.deepEqual(filesWith(each), ["keystore.db"]);
  // A neighbour on the same page brings the page, and with it the material, into the log again.
  for (let count = 0; count < 3; count++) await kms.keyId();
  for (const each of wrapped) assert.deepEqual(filesWith(each).sort(), ["keystore.db", "keystore.db-wal"]);
  return wrapped;
}

const isGone = (wrapped: readonly Buffer[]) => {
  for (const each of wrapped) assert.deepEqual(filesWith(each), []);
};

const materialsOf = async (KeyId: string): Promise<MaterialId[]> => {
  const all = await kms.keyStore.listMaterials();
  return all.filter(({ owner }) => owner.keyId === KeyId).map(({ id }) => id);
};

test("a key's deletion: not a byte of any of its materials is left, and its neighbour's are all there", async () => {
  const [KeyId, neighbour] = [await kms.keyId(), await kms.keyId()];
  await kms.call("RotateKeyOnDemand", { KeyId });
  const [first, second] = await materialsOf(KeyId);
  const doomed = await intoFileAndLog([first ?? "", second ?? ""]);
  const kept = await wrappedOf((await materialsOf(neighbour))[0] ?? "");
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(7 * DAY_MS - 1);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  for (const each of doomed) assert.notDeepEqual(filesWith(each), [], "not before its time");
  kms.clock.advance(1);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  isGone(doomed);
  assert.notDeepEqual(filesWith(kept), []);
});

test("a private key's deletion, whose material is long", async () => {
  const KeyId = await kms.keyId({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  const doomed = await intoFileAndLog(await materialsOf(KeyId));
  assert.ok((doomed[0]?.length ?? 0) > 1000);
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(7 * DAY_MS);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  isGone(doomed);
});

test("DeleteImportedKeyMaterial: gone when it answers", async () => {
  const KeyId = await externalKey(kms);
  const doomed = await intoFileAndLog([await importInto(kms, KeyId, bytesOf(1), STAYS)]);
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  isGone(doomed);
});

test("expiry: gone at its moment, before the first who asks is refused", async () => {
  const KeyId = await externalKey(kms);
  const ValidTo = addDays(kms.clock.now(), 1);
  const doomed = await intoFileAndLog([await importInto(kms, KeyId, bytesOf(1), { ValidTo })]);
  kms.clock.advance(DAY_MS);
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), /is pending import/);
  isGone(doomed);
});
