import { join } from "node:path";
import type { Log } from "../../base/index.js";
import { openSqlite, type SqliteDatabase } from "../../store/index.js";
import { KEYSTORE_FILE, type Root } from "../root/root.js";
import { KEYSTORE_PURPOSE, SoftwareKeyStore } from "./software-key-store.js";
import { KEYSTORE_MIGRATIONS } from "./store.js";

export interface OpenedKeyStore {
  readonly keyStore: SoftwareKeyStore;
  /** For `verify`: the sealed database the material lies in. */
  readonly database: SqliteDatabase;
  close(): Promise<void>;
}

/** Opens `keystore.db` in the data folder, sealed under a key that only the root of trust gives. */
export async function openSoftwareKeyStore(folder: string, root: Root, log?: Log): Promise<OpenedKeyStore> {
  const key = root.houseKey(KEYSTORE_PURPOSE);
  const path = join(folder, KEYSTORE_FILE);
  const database = await openSqlite({ path, key, migrations: KEYSTORE_MIGRATIONS, ...(log && { log }) });
  const close = async () => {
    await database.close();
    key.wipe();
  };
  return { keyStore: new SoftwareKeyStore(database, root), database, close };
}
