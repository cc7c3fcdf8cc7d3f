import { fdatasync, realpathSync } from "node:fs";
import { promisify } from "node:util";
import { type Log, needs, silentLog } from "../base/index.js";
import { Checkpointer } from "./checkpointer.js";
import type { Database, Migration, ReadTx, SqlValue, WriteTx } from "./database.js";
import { StoreBusy, StoreDamaged, translateDiskError } from "./errors.js";
import { whileLocked } from "./folder-lock.js";
import { migrate } from "./migrations.js";
import { Connection, type LentKey } from "./sqlite-connection.js";
import { loadDriver, type OpenDriver } from "./sqlite-driver.js";
import { checkFiles, createFile, holdFile, isOpenHere, releaseFile } from "./sqlite-files.js";
import { Readers } from "./sqlite-readers.js";
import { backOff, Writer } from "./sqlite-writer.js";
import { WalIndex } from "./wal-index.js";
import { WalMark } from "./wal-mark.js";

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

const OPENING_TIMEOUT_MS = 10_000;
const READER_TIMEOUT_MS = 2_000;
const WRITER_CACHE_KIB = 4096;
const READER_CACHE_KIB = 8192;
const CHECKPOINTER_CACHE_KIB = 64;
/** About 4 MiB of log: then its pages go to the file and it starts anew. */
const CHECKPOINT_FRAMES = 1_000;

const flushFile = promisify(fdatasync);

/**
 * Throws StoreDamaged when the files are not what they should be, or the key is another. `driver` is another than the
 * real one in tests only.
 */
export async function openSqlite(options: SqliteOptions, driver?: OpenDriver): Promise<SqliteDatabase> {
  const open = driver ?? (await loadDriver());
  // One process at a time: making the file, recovering its log and migrating are nobody else's to see half done.
  return whileLocked(`${options.path}-opening`, async () => {
    try {
      createFile(options.path);
      const path = realpathSync(options.path);
      if (!isOpenHere(path)) await checkFiles(path);
      return new Sqlite(open, path, options);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  });
}

class Sqlite implements SqliteDatabase {
  readonly #path: string;
  readonly #connection: Connection;
  readonly #mark: WalMark;
  readonly #walIndex: WalIndex;
  readonly #writer: Writer;
  readonly #readers: Readers;
  readonly #checkpointer: Checkpointer;
  #version = 0;
  #dataVersion: unknown;
  #wasAsked = false;
  readonly #forgetAnswer = () => {
    this.#wasAsked = false;
  };
  #framesFlushed = 0;
  #isClosed = false;

  constructor(open: OpenDriver, path: string, { key, migrations, log }: SqliteOptions) {
    this.#path = path;
    const file = holdFile(path);
    try {
      this.#connection = openWriter(open, path, key, migrations);
      this.#mark = openMark(path, this.#connection);
      this.#walIndex = openIndex(path, this.#connection, this.#mark);
    } catch (thrown) {
      releaseFile(path);
      throw thrown;
    }
    this.#readers = new Readers(() => openReader(open, path, key, READER_CACHE_KIB));
    const openSmall = () => openReader(open, path, key, CHECKPOINTER_CACHE_KIB);
    this.#checkpointer = new Checkpointer(openSmall, this.#readers, this.#mark.walDescriptor, file);
    this.#writer = new Writer(this.#connection, log ?? silentLog, {
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

  row<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row | undefined {
    this.#mustBeOpen();
    return this.#readers.row<Row>(sql, ...values);
  }

  write<T>(unit: (tx: WriteTx) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    return this.#writer.write(unit);
  }

  version(): number {
    this.#mustBeOpen();
    if (!this.#wasAsked) this.#askVersion();
    return this.#version;
  }

  /**
   * Asked once in each stretch of work that nothing interrupts, and forgotten at its end: the requests of a turn, which
   * were all read before the first is answered, share one answer, and what is read later asks anew. So a commit that was
   * acknowledged before a request was sent is seen by it. Our own commits count at once.
   */
  #askVersion(): void {
    this.#wasAsked = true;
    queueMicrotask(this.#forgetAnswer);
    if (this.#walIndex.isUnchanged()) return;
    const row = this.#connection.get<{ data_version: number }>("PRAGMA data_version");
    if (row?.data_version === this.#dataVersion) return;
    this.#dataVersion = row?.data_version;
    this.#version += 1;
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
    this.#checkpointer.close();
    this.#connection.close();
    this.#mark.close();
    this.#walIndex.close();
    releaseFile(this.#path);
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
    this.#framesFlushed = frames;
  }

  #framesInLog(): number {
    return this.#connection.get<{ log: number }>("PRAGMA wal_checkpoint(NOOP)")?.log ?? 0;
  }

  async #checkpointIfLong(): Promise<void> {
    if (this.#framesFlushed < CHECKPOINT_FRAMES) return;
    this.#framesFlushed = 0;
    await this.#checkpointer.run();
  }
}

function openWriter(open: OpenDriver, path: string, key: LentKey, migrations: readonly Migration[]): Connection {
  const connection = new Connection(open, path, key, { timeoutMs: OPENING_TIMEOUT_MS, cacheKib: WRITER_CACHE_KIB });
  try {
    migrate(connection, migrations);
    connection.driver.pragma("busy_timeout = 0"); // from here on it is waited for without blocking
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
  return connection;
}

/** The log is there once a connection is. */
function openMark(path: string, connection: Connection): WalMark {
  try {
    return new WalMark(path);
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** It is there once the log was read. */
function openIndex(path: string, connection: Connection, mark: WalMark): WalIndex {
  try {
    connection.get("PRAGMA data_version");
    return new WalIndex(path);
  } catch (thrown) {
    connection.close();
    mark.close();
    throw thrown;
  }
}

function openReader(open: OpenDriver, path: string, key: LentKey, cacheKib: number): Connection {
  const connection = new Connection(open, path, key, { timeoutMs: READER_TIMEOUT_MS, cacheKib });
  connection.driver.pragma("query_only = ON");
  return connection;
}
