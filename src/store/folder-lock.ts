import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf, FolderInUse, StoreBusy, translateDiskError } from "./errors.js";
import { loadDriver } from "./sqlite-driver.js";

export interface FolderLock {
  release(): void;
}

/** One server a data folder: throws FolderInUse while another one lives. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const lock = await tryLock(join(folder, "lock"));
  if (lock === undefined) throw new FolderInUse(`another server uses the data folder ${folder}`);
  return lock;
}

const PATIENCE_TRIES = 3000;
const PAUSE_MS = 10;

/** For a moment's work that only one process may do at a time; waits for its turn. */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < PATIENCE_TRIES; tries += 1) {
    const lock = await tryLock(path);
    if (lock === undefined) {
      await pause(PAUSE_MS); // real time: it is another process that we wait for
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
  throw new StoreBusy(`another process keeps ${path}`);
}

/**
 * The lock is the operating system's own, taken through SQLite (Node has no flock): an exclusive transaction on an
 * empty database that is never written. It dies with its process, so there is no stale lock to recognise and no moment
 * in which two could take one over. Undefined while somebody else has it.
 */
async function tryLock(path: string): Promise<FolderLock | undefined> {
  const open = await loadDriver();
  createLockFile(path);
  const driver = open(path, { timeout: 0 });
  try {
    driver.exec("BEGIN EXCLUSIVE");
    return { release: () => driver.close() };
  } catch (thrown) {
    driver.close();
    if (codeOf(thrown).startsWith("SQLITE_BUSY")) return undefined;
    throw translateDiskError(thrown);
  }
}

/** Only made when it is not there: closing a descriptor of a locked file would free this process's lock on it. */
function createLockFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "ax", 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw translateDiskError(thrown);
  }
}
