import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { codeOf, FolderInUse, translateDiskError } from "./errors.js";
import { loadDriver } from "./sqlite-driver.js";

export interface FolderLock {
  release(): void;
}

/**
 * One server a data folder: throws FolderInUse while another one lives. The lock is the operating system's own, taken
 * through SQLite (Node has no flock): an exclusive transaction on an empty database that is never written. It dies
 * with its process, so there is no stale lock to recognise and no moment in which two could take one over.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const open = await loadDriver();
  const path = join(folder, "lock");
  createLockFile(folder, path);
  const driver = open(path, { timeout: 0 });
  try {
    driver.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    driver.close();
    if (codeOf(thrown).startsWith("SQLITE_BUSY"))
      throw new FolderInUse(`another server uses the data folder ${folder}`);
    throw translateDiskError(thrown);
  }
  return { release: () => driver.close() };
}

/** Only made when it is not there: closing a descriptor of a locked file would free this process's lock on it. */
function createLockFile(folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "ax", 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw translateDiskError(thrown);
  }
}
