import { closeSync, fdatasyncSync, openSync, readSync, statSync } from "node:fs";
import { codeOf, StoreDamaged, translateDiskError } from "./errors.js";
import { FILE_MAGIC, PAGE_BYTES } from "./sqlite-connection.js";
import { checkLogAgainstMark } from "./wal-mark.js";

/** Bytes 16 to 23 of a file are plain by the cipher's design: page size, log versions, reserved bytes, fractions. */
const PLAIN_HEADER = Buffer.from([PAGE_BYTES >> 8, PAGE_BYTES & 255, 2, 2, 64, 64, 32, 32]);

interface Shared {
  readonly descriptor: number;
  holders: number;
}

/**
 * Our own descriptor of each open database file, for flushing, and of the log's index, for looking. SQLite's locks on a file die when any descriptor of it
 * is closed in the process: so it is shared by all who have the file open here, and closed after the last of them.
 */
const shared = new Map<string, Shared>();

export const isOpenHere = (path: string) => shared.has(path);

/**
 * A file for writing is flushed, too: a process that was killed in the middle of a checkpoint may have left that to its
 * successor.
 */
export function holdFile(path: string, flags: "r" | "r+" = "r+"): number {
  const known = shared.get(path);
  if (known !== undefined) {
    known.holders += 1;
    return known.descriptor;
  }
  const descriptor = openSync(path, flags);
  if (flags === "r+") fdatasyncSync(descriptor);
  shared.set(path, { descriptor, holders: 1 });
  return descriptor;
}

/** After the holder's connections are closed. */
export function releaseFile(path: string): void {
  const known = shared.get(path);
  if (known === undefined) return;
  known.holders -= 1;
  if (known.holders > 0) return;
  shared.delete(path);
  closeSync(known.descriptor);
}

/** SQLite would make the file readable for all; the log and its index take the file's mode. */
export function createFile(path: string): void {
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw translateDiskError(thrown);
  }
}

/**
 * What SQLite would not notice: a changed bit in the plain part of the header, and a log that ends too early.
 * Another process may begin the log anew while we read it, so damage counts only if it is still there a moment later.
 */
export async function checkFiles(path: string): Promise<void> {
  checkHeader(path);
  for (let tries = 3; ; tries -= 1) {
    try {
      return checkLogAgainstMark(path);
    } catch (thrown) {
      if (tries === 0) throw thrown;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function checkHeader(path: string): void {
  if (statSync(path).size === 0) return;
  const header = Buffer.alloc(24);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  const expected = Buffer.concat([FILE_MAGIC, PLAIN_HEADER]);
  if (!header.equals(expected)) throw new StoreDamaged("the header of the database file is damaged");
}
