import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSecret } from "../crypto/index.js";
import { Root } from "./root/root.js";
import { openSoftwareKeyStore } from "./software/open.js";

/** An empty folder of its own, and what removes it. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "strongroom-keystore-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A software key store over a sealed database in a temporary folder, below a root that exists only in memory. */
export async function softwareKeyStore() {
  const folder = temporaryFolder();
  const master = newSecret();
  const root = new Root(master);
  master.wipe();
  const reopen = () => openSoftwareKeyStore(folder.path, root);
  const opened = await reopen();
  const close = async () => {
    await opened.close();
    folder.remove();
  };
  return { store: opened.keyStore, database: opened.database, root, folder, reopen, close };
}
