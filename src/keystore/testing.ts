import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSecret } from "../crypto/index.js";
import { testKeyPairs } from "../crypto/testing.js";
import { openTestSqlite } from "../store/testing.js";
import { KEYSTORE_FILE, Root } from "./root/root.js";
import { openSoftwareKeyStore } from "./software/open.js";
import { KEYSTORE_PURPOSE, SoftwareKeyStore } from "./software/software-key-store.js";
import { KEYSTORE_MIGRATIONS } from "./software/store.js";

/** An empty folder of its own, and what removes it. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "strongroom-keystore-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** One for all tests of a process: so the first database below it can be copied for the others. */
const root = new Root(newSecret());
const key = root.houseKey(KEYSTORE_PURPOSE);

/**
 * A software key store over a sealed database in a temporary folder, below a root that exists only in memory. Its RSA
 * pairs are those of crypto/testing.
 */
export async function softwareKeyStore() {
  const folder = temporaryFolder();
  const path = join(folder.path, KEYSTORE_FILE);
  const database = await openTestSqlite({ path, key, migrations: KEYSTORE_MIGRATIONS });
  const reopen = () => openSoftwareKeyStore(folder.path, root);
  const close = async () => {
    await database.close();
    folder.remove();
  };
  const store = new SoftwareKeyStore(database, root, testKeyPairs());
  return { store, database, root, folder, reopen, close };
}
