import { Lru, needs } from "../base/index.js";
import type { SqlValue, WriteTx } from "./database.js";
import { StoreDamaged, translateDiskError } from "./errors.js";
import type { Driver, DriverStatement, OpenDriver } from "./sqlite-driver.js";

/** Key bytes that are lent, never kept: `crypto`'s Secret is one. */
export interface LentKey {
  use<T>(work: (bytes: Buffer) => T): T;
}

export const PAGE_BYTES = 4096;
const STATEMENTS_KEPT = 500;

/**
 * The first sixteen bytes of each file. The cipher calls them a salt and derives nothing from them when the key is
 * raw: so they are our magic and version.
 */
export const FILE_MAGIC = Buffer.from("strongroom.db v1", "latin1");

/** One SQLite connection: keyed, with a cache of prepared statements. Everything it does is synchronous. */
export class Connection {
  readonly driver: Driver;
  readonly #statements = new Lru<string, DriverStatement>(STATEMENTS_KEPT);
  readonly #rawStatements = new Lru<string, DriverStatement>(STATEMENTS_KEPT);
  /** The statements of this connection behind the port's asynchronous face. */
  readonly tx: WriteTx;

  constructor(open: OpenDriver, path: string, key: LentKey, options: { timeoutMs: number; cacheKib: number }) {
    this.driver = open(path, { timeout: options.timeoutMs });
    try {
      keyWith(this.driver, key);
      prepareConnection(this.driver, options.cacheKib);
    } catch (thrown) {
      this.driver.close();
      throw translateDiskError(thrown);
    }
    this.tx = {
      get: async <Row>(sql: string, ...values: SqlValue[]) => this.get<Row>(sql, ...values),
      all: async <Row>(sql: string, ...values: SqlValue[]) => this.all<Row>(sql, ...values),
      run: async (sql: string, ...values: SqlValue[]) => ({ changes: this.statement(sql).run(...values).changes }),
    };
  }

  /** Its columns alone: the driver makes their names anew for each row, which costs more than the search. */
  row<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#rawStatement(sql).get(...values) as Row | undefined; // the caller's word, as below
  }

  /** Rows come back as the caller's SQL names them: the cast is the caller's word. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.statement(sql).run(...values);
  }

  statement(sql: string): DriverStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.driver.prepare(plannedOnce(sql));
    this.#statements.set(sql, made);
    return made;
  }

  #rawStatement(sql: string): DriverStatement {
    const known = this.#rawStatements.get(sql);
    if (known) return known;
    const made = this.driver.prepare(plannedOnce(sql)).raw();
    this.#rawStatements.set(sql, made);
    return made;
  }

  close(): void {
    this.#statements.clear();
    this.#rawStatements.clear();
    this.driver.close();
  }
}

/**
 * SQLite plans a statement anew, each time it runs, whose LIMIT is a bare parameter: the bound number may change its
 * plan. That costs two to four times the search itself. A sum it does not look into.
 */
const plannedOnce = (sql: string): string => sql.replaceAll("LIMIT ?", "LIMIT ? + 0");

/** The key goes in as bytes that are wiped afterwards, in the cipher's raw form: no key derivation for each opening. */
function keyWith(driver: Driver, key: LentKey): void {
  driver.exec("PRAGMA cipher = 'aegis'; PRAGMA algorithm = 'aegis-256'");
  const raw = key.use((bytes) => {
    needs(bytes.length === 32, "a database key has 32 bytes");
    return rawKey(bytes);
  });
  try {
    driver.key(raw);
  } finally {
    raw.fill(0);
  }
}

/** `raw:` and hex of key and salt, written digit by digit: `toString("hex")` would leave a copy that cannot be wiped. */
function rawKey(key: Buffer): Buffer {
  const digits = "0123456789abcdef";
  const out = Buffer.alloc(4 + 2 * (key.length + FILE_MAGIC.length));
  out.write("raw:", "latin1");
  let at = 4;
  for (const part of [key, FILE_MAGIC]) {
    for (const byte of part) {
      out[at++] = digits.charCodeAt(byte >> 4);
      out[at++] = digits.charCodeAt(byte & 15);
    }
  }
  return out;
}

function prepareConnection(driver: Driver, cacheKib: number): void {
  driver.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  const mode = driver.pragma("journal_mode = WAL", { simple: true });
  if (mode !== "wal") throw new StoreDamaged("the database cannot use its write-ahead log");
  driver.exec(`
    PRAGMA synchronous = NORMAL; -- the log is flushed by us, off the main thread, before anything is acknowledged
    PRAGMA wal_autocheckpoint = 0; -- and checkpoints run when we say
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY; -- no temporary file ever: it would be plaintext
    PRAGMA foreign_keys = ON;
    PRAGMA mmap_size = 0;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -${cacheKib}`);
}
