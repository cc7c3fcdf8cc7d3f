import { readSync } from "node:fs";
import { holdFile, releaseFile } from "./sqlite-files.js";

/** The first copy of the header in SQLite's index of the log; every commit and every new log writes it anew. */
const HEADER_BYTES = 48;

export const walIndexPath = (path: string) => `${path}-shm`;

/**
 * Tells cheaply that no process has committed since it was asked before. SQLite keeps what readers begin with in memory
 * that all processes share, and that memory is a file: to read its header is one system call, where a question in SQL
 * takes locks, gives them back and costs ten times as much. Only "unchanged" is believed; after anything else, also
 * when the header was just being written, SQLite itself is asked.
 * See https://www.sqlite.org/walformat.html, "The WAL-Index Header".
 */
export class WalIndex {
  readonly #path: string;
  readonly #file: number;
  #now = Buffer.alloc(HEADER_BYTES);
  #before = Buffer.alloc(HEADER_BYTES);

  /** The file exists once a connection is open, and stays for as long as one is. */
  constructor(path: string) {
    this.#path = walIndexPath(path);
    this.#file = holdFile(this.#path, "r");
  }

  isUnchanged(): boolean {
    const read = readSync(this.#file, this.#now, 0, HEADER_BYTES, 0);
    if (read === HEADER_BYTES && this.#now.equals(this.#before)) return true;
    [this.#now, this.#before] = [this.#before, this.#now];
    return false;
  }

  /** After the holder's connections are closed: SQLite's locks lie on this file. */
  close(): void {
    releaseFile(this.#path);
  }
}
