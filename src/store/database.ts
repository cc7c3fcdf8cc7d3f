/** What a column may hold. Booleans are 0 and 1, times are milliseconds, JSON is text. */
export type SqlValue = string | number | bigint | Uint8Array | null;

export interface ReadTx {
  get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined>;
  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]>;
}

export interface WriteTx extends ReadTx {
  run(sql: string, ...values: SqlValue[]): Promise<{ readonly changes: number }>;
}

/**
 * A transactional database. Both adapters (SQLite here, PostgreSQL later) run the same SQL: `?` parameters always,
 * no engine time, no engine random, every list ordered and limited.
 *
 * A unit awaits nothing but its `tx`: it may be run again after a serialisation failure or a full queue, and on
 * SQLite many units share one transaction, each behind a savepoint, so that one flush serves them all.
 */
export interface Database {
  /** A consistent view of what is committed. A commit shows while its flush is still running (docs/decisions/durable-writes.md). */
  read<T>(unit: (tx: ReadTx) => Promise<T>): Promise<T>;
  /**
   * The first row as its columns, in the order of the SQL, in a view of its own. Given at once where nothing has to be
   * waited for: half the price of a unit that reads one row.
   */
  row<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row | undefined | Promise<Row | undefined>;
  /**
   * Resolves when what the unit wrote is on the disk (flushed). If the unit throws, nothing of it is kept and the
   * promise rejects with what it threw. Throws `StoreFull` when the disk takes no more.
   */
  write<T>(unit: (tx: WriteTx) => Promise<T>): Promise<T>;
  /**
   * A number that is another one whenever any process may have committed a change since it was last asked; what
   * other processes commit in the middle of a turn of the event loop may show in the next one.
   * Costs next to nothing: caches ask it on each use and forget what was read under an older number.
   */
  version(): number;
  close(): Promise<void>;
}

/** One step of a schema, run once, in order of `id`. Never edited after release. */
export interface Migration {
  readonly id: number;
  readonly sql: string;
}
