import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, type KeyPair, newSecret, type WrappingKeySpec } from "../crypto/index.js";
import { Root } from "./root/root.js";
import { openSoftwareKeyStore } from "./software/open.js";
import { SoftwareKeyStore } from "./software/software-key-store.js";

/** An empty folder of its own, and what removes it. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "strongroom-keystore-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const pairs = new Map<string, Promise<KeyPair>>();
let pairsGiven = 0;

/** Searching for primes takes long: tests take turns with two wrapping pairs. */
export function recycledPair(spec: WrappingKeySpec): Promise<KeyPair> {
  pairsGiven += 1;
  const name = `${spec} ${pairsGiven % 2}`;
  const pair = pairs.get(name) ?? generateKeyPair(spec);
  pairs.set(name, pair);
  return pair;
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
  const store = new SoftwareKeyStore(opened.database, root, recycledPair);
  return { store, database: opened.database, root, folder, reopen, close };
}
