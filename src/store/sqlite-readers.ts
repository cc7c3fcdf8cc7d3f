import type { ReadTx, SqlValue } from "./database.js";
import { translateDiskError } from "./errors.js";
import type { Connection } from "./sqlite-connection.js";

const MOST_READERS = 8;

/**
 * Runs read units, one at a time on a warm connection: a unit awaits its own statements only, and those are
 * synchronous, so waiting costs nothing. A unit that is still running a turn of the event loop later (it waits for
 * something else, or reads inside a read) does not hold up the others: they get a connection of their own.
 */
export class Readers {
  readonly #open: () => Connection;
  readonly #idle: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  /** For single rows: between two of them it is in no transaction. */
  #single: Connection | undefined;
  #count = 0;
  #widening = false;

  constructor(open: () => Connection) {
    this.#open = open;
  }

  async read<T>(unit: (tx: ReadTx) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (this.#count === 0 ? this.#add() : await this.#wait());
    try {
      return await inSnapshot(connection, unit);
    } catch (thrown) {
      throw translateDiskError(thrown);
    } finally {
      this.#release(connection);
    }
  }

  row<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row | undefined {
    try {
      this.#single ??= this.#open();
      return this.#single.row<Row>(sql, ...values);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  close(): void {
    this.#single?.close();
    for (const connection of this.#idle) connection.close();
    this.#idle.length = 0;
  }

  #add(): Connection {
    const connection = this.#open();
    this.#count += 1;
    return connection;
  }

  #wait(): Promise<Connection> {
    this.#widenSoon();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) next(connection);
    else this.#idle.push(connection);
  }

  #widenSoon(): void {
    if (this.#widening || this.#count >= MOST_READERS) return;
    this.#widening = true;
    setImmediate(() => {
      this.#widening = false;
      if (this.#waiting.length === 0) return;
      this.#release(this.#add());
      if (this.#waiting.length > 0) this.#widenSoon();
    });
  }
}

async function inSnapshot<T>(connection: Connection, unit: (tx: ReadTx) => Promise<T>): Promise<T> {
  connection.run("BEGIN");
  try {
    return await unit(connection.tx);
  } finally {
    if (connection.driver.inTransaction) connection.run("COMMIT");
  }
}
