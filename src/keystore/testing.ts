import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSecret } from "../crypto/index.js";
import { openSqlite } from "../store/index.js";
import { Root } from "./root/root.js";
import { SoftwareKeyStore } from "./software/software-key-store.js";
import { KEYSTORE_MIGRATIONS } from "./software/store.js";

/** An empty folder of its own, and what removes it. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "strongroom-keystore-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A software key store over a sealed database in a temporary folder, below a root that exists only in memory. */
export async function softwareKeyStore(folder = temporaryFolder()) {
  const master = newSecret();
  const root = new Root(master);
  master.wipe();
  const path = join(folder.path, "keystore.db");
  const reopen = async () => {
    const database = await openSqlite({
      path,
      key: root.houseKey("database/keystore"),
      migrations: KEYSTORE_MIGRATIONS,
    });
    return { database, store: new SoftwareKeyStore(database, root) };
  };
  const { database, store } = await reopen();
  const close = async () => {
    await database.close();
    folder.remove();
  };
  return { store, root, database, folder, reopen, close };
}
