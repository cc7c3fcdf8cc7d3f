import { fdatasync } from "node:fs";
import { promisify } from "node:util";
import { translateDiskError } from "./errors.js";
import type { Connection } from "./sqlite-connection.js";
import type { Readers } from "./sqlite-readers.js";

const flushFile = promisify(fdatasync);

/**
 * Copies the log's pages into the file without blocking the event loop for the flushes, which SQLite would do on the
 * spot (10 ms and more). The order is SQLite's own: the log is flushed, its pages are copied, the file is flushed, and
 * only then may the log begin anew. What keeps all processes to it is a read transaction held from before the first
 * step until after the last: SQLite copies nothing newer than an open reader's view, and never begins a log anew that
 * a reader still reads.
 */
export class Checkpointer {
  readonly #open: () => Connection;
  readonly #readers: Readers;
  readonly #log: number;
  readonly #file: number;
  #connection: Connection | undefined;

  constructor(open: () => Connection, readers: Readers, log: number, file: number) {
    this.#open = open;
    this.#readers = readers;
    this.#log = log;
    this.#file = file;
  }

  /** Throws when a flush failed: then nobody knows what the file holds, and the database must not be written on. */
  async run(): Promise<void> {
    await this.#readers.read(async (tx) => {
      await tx.get("SELECT name FROM sqlite_master LIMIT 1"); // the view begins with the first statement
      await flushFile(this.#log);
      this.#copy();
      await flushFile(this.#file);
    });
  }

  /** Passive: waits for nobody. With synchronous off SQLite leaves the flushes to us. */
  #copy(): void {
    this.#connection ??= this.#open();
    this.#connection.driver.pragma("synchronous = OFF");
    try {
      this.#connection.get("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  close(): void {
    this.#connection?.close();
  }
}
