import { closeSync, fdatasync, openSync, type PathLike, readSync, realpathSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { type Log, needs, silentLog } from "../base/index.js";
import type { Database, Migration, ReadTx, WriteTx } from "./database.js";
import { StoreBusy, StoreDamaged, translateDiskError } from "./errors.js";
import { whileLocked } from "./folder-lock.js";
import { migrate } from "./migrations.js";
import { Connection, FILE_MAGIC, type LentKey, PAGE_BYTES } from "./sqlite-connection.js";
import { loadDriver, type OpenDriver } from "./sqlite-driver.js";
import { Readers } from "./sqlite-readers.js";
import { backOff, Writer } from "./sqlite-writer.js";
import { checkLogAgainstMark, WalMark } from "./wal-mark.js";

export interface SqliteOptions {
  readonly path: string;
  /** 32 bytes; another database has another key. Lent for each connection that is opened, never kept. */
  readonly key: LentKey;
  readonly migrations: readonly Migration[];
  readonly log?: Log;
}

/** What the embedded database can do besides. */
export interface SqliteDatabase extends Database {
  /** Reads and authenticates every page and checks every index; the empty list is good news. */
  integrityCheck(): Promise<readonly string[]>;
  /**
   * After deleting what must not come back: deleted bytes are already zero in the file (secure_delete); this takes
   * their old pages out of the log too. Throws StoreBusy when readers of other processes never let go.
   */
  wipeFreePages(): Promise<void>;
}

/** Bytes 16 to 23 of a file are plain by the cipher's design: page size, log versions, reserved bytes, fractions. */
const PLAIN_HEADER = Buffer.from([PAGE_BYTES >> 8, PAGE_BYTES & 255, 2, 2, 64, 64, 32, 32]);
const OPENING_TIMEOUT_MS = 10_000;
const READER_TIMEOUT_MS = 2_000;
/** About 4 MiB of log: then its pages go to the file and it starts anew. */
const CHECKPOINT_FRAMES = 1_000;

const flushFile = promisify(fdatasync);

/** How many databases of this process lie on a path: SQLite's locks die when any descriptor of the file is closed. */
const openPaths = new Map<string, number>();

/** Throws StoreDamaged when the files are not what they should be, or the key is another. */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const open = await loadDriver();
  // One process at a time: making the file, recovering its log and migrating are nobody else's to see half done.
  return whileLocked(`${options.path}-opening`, async () => {
    try {
      createFile(options.path);
      const path = realpathSync(options.path);
      if (!openPaths.has(path)) await checkFiles(path);
      return new Sqlite(open, path, options);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  });
}

class Sqlite implements SqliteDatabase {
  readonly #path: string;
  readonly #log: Log;
  readonly #connection: Connection;
  readonly #mark: WalMark;
  readonly #writer: Writer;
  readonly #readers: Readers;
  #version = 0;
  #dataVersion: unknown;
  #isClosed = false;

  constructor(open: OpenDriver, path: string, { key, migrations, log }: SqliteOptions) {
    this.#path = path;
    this.#log = log ?? silentLog;
    this.#connection = new Connection(open, path, key, { timeoutMs: OPENING_TIMEOUT_MS, cacheKib: 4096 });
    openPaths.set(path, (openPaths.get(path) ?? 0) + 1);
    try {
      migrate(this.#connection, migrations);
      this.#connection.driver.pragma("busy_timeout = 0");
      this.#mark = new WalMark(path);
    } catch (thrown) {
      this.#connection.close();
      forgetPath(path);
      throw thrown;
    }
    this.#readers = new Readers(() => readerOf(open, path, key));
    this.#writer = new Writer(this.#connection, {
      committed: () => {
        this.#version += 1;
      },
      flush: () => this.#flush(),
      flushed: () => this.#checkpointIfLong(),
    });
  }

  read<T>(unit: (tx: ReadTx) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    return this.#readers.read(unit);
  }

  write<T>(unit: (tx: WriteTx) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    return this.#writer.write(unit);
  }

  version(): number {
    this.#mustBeOpen();
    const row = this.#connection.get<{ data_version: number }>("PRAGMA data_version");
    if (row?.data_version !== this.#dataVersion) {
      this.#dataVersion = row?.data_version;
      this.#version += 1;
    }
    return this.#version;
  }

  async integrityCheck(): Promise<readonly string[]> {
    try {
      const rows = await this.read((tx) => tx.all<{ integrity_check: string }>("PRAGMA integrity_check(20)"));
      return rows.map((row) => row.integrity_check).filter((line) => line !== "ok");
    } catch (thrown) {
      if (thrown instanceof StoreDamaged) return [String(thrown.cause)];
      throw thrown;
    }
  }

  async wipeFreePages(): Promise<void> {
    for (let tries = 0; tries < 1000; tries += 1) {
      await this.#writer.idle();
      this.#mark.clear();
      const row = this.#connection.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)");
      if (row?.busy === 0) return this.#beginLog();
      await backOff(tries);
    }
    throw new StoreBusy("readers keep the write-ahead log");
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#writer.idle();
    this.#isClosed = true;
    this.#mark.clear(); // the last connection to close takes the log away
    this.#readers.close();
    this.#connection.close();
    this.#mark.close();
    forgetPath(this.#path);
  }

  /** A first frame, so that an empty log always means that somebody emptied it. */
  #beginLog(): Promise<void> {
    return this.write(async () => void this.#connection.driver.pragma("user_version = 1"));
  }

  #mustBeOpen(): void {
    needs(!this.#isClosed, "a closed database is not used");
  }

  /** The position is read before the flush, so that the mark never says more than what was flushed. */
  async #flush(): Promise<void> {
    const salt = this.#mark.salt();
    const frames = this.#framesInLog();
    const isSteady = this.#mark.salt().equals(salt); // else another process began the log anew in between
    await flushFile(this.#mark.walDescriptor);
    if (isSteady) this.#mark.write({ salt, frames });
    this.#frames = frames;
  }

  #frames = 0;

  #framesInLog(): number {
    return this.#connection.get<{ log: number }>("PRAGMA wal_checkpoint(NOOP)")?.log ?? 0;
  }

  /** Passive: it waits for nobody; what it could not copy stays in the log for the next one. */
  #checkpointIfLong(): void {
    if (this.#frames < CHECKPOINT_FRAMES) return;
    this.#frames = 0;
    try {
      this.#connection.get("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (thrown) {
      // Nothing is lost: the log keeps what the file did not take. The next write meets the same disk and says so.
      this.#log.warn("store.checkpoint", { reason: String(translateDiskError(thrown)) });
    }
  }
}

function readerOf(open: OpenDriver, path: string, key: LentKey): Connection {
  const connection = new Connection(open, path, key, { timeoutMs: READER_TIMEOUT_MS, cacheKib: 8192 });
  connection.driver.pragma("query_only = ON");
  return connection;
}

/** SQLite would make the file readable for all; the log and its index take the file's mode. */
function createFile(path: PathLike): void {
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw translateDiskError(thrown);
  }
}

/**
 * What SQLite would not notice: a changed bit in the plain part of the header, and a log that ends too early.
 * Another process may begin the log anew while we read it, so damage counts only if it is still there a moment later.
 */
async function checkFiles(path: string): Promise<void> {
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

function forgetPath(path: string): void {
  const left = (openPaths.get(path) ?? 1) - 1;
  if (left === 0) openPaths.delete(path);
  else openPaths.set(path, left);
}
