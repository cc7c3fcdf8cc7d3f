import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Bytes } from "../base/index.js";

/** Puts the file in place whole or not at all, readable by its owner only, and returns when the disk has it. */
export function replaceFile(path: string, bytes: Bytes): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, "wx", 0o600);
  try {
    writeWhole(file, bytes, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  flushFolder(dirname(path));
}

/** A disk that is nearly full writes a part and says so; the rest is refused at the next try. */
export function writeWhole(file: number, bytes: Bytes, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/** Removes the file for good: a removal that is not flushed may be undone by a power cut. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
  flushFolder(dirname(path));
}

/** Returns when the disk has every entry that the folder has now. */
export function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
