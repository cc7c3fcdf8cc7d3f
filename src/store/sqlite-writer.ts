import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describeThrown, type Log } from "../base/index.js";
import type { WriteTx } from "./database.js";
import { codeOf, StoreBusy, StoreFull, StoreUnwritable, translateDiskError } from "./errors.js";
import type { Connection } from "./sqlite-connection.js";

/** Most units that one transaction carries: bounds how long the event loop and other processes wait for it. */
const MOST_UNITS = 256;
const LOCK_PATIENCE_MS = 30_000;
/** A lock is held for about a millisecond: the first tries cost one turn of the event loop each. */
const EAGER_TRIES = 4;

interface Unit {
  readonly work: (tx: WriteTx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Tells the caller how the unit ended: called once the transaction is on the disk. */
type Settle = () => void;

export interface WriterHooks {
  /** Right after COMMIT: others can see the change from here on. */
  committed(): void;
  /** Brings the log to the disk. */
  flush(): Promise<void>;
  /** After the units were acknowledged and before the next transaction. */
  flushed(): Promise<void>;
}

/** Group commit: units queue, one transaction carries many, one flush serves them all. */
export class Writer {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #hooks: WriterHooks;
  #queue: Unit[] = [];
  #running: Promise<void> | undefined;
  #broken: unknown;

  constructor(connection: Connection, log: Log, hooks: WriterHooks) {
    this.#connection = connection;
    this.#log = log;
    this.#hooks = hooks;
  }

  write<T>(work: (tx: WriteTx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // The value that `work` gave is the one that `resolve` takes: the queue alone forgets its type.
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // units queued in the same turn join the first transaction
    while (this.#queue.length > 0) {
      try {
        this.#refuseIfBroken();
        await this.#begin();
      } catch (thrown) {
        rejectAll(this.#queue.splice(0), translateDiskError(thrown));
        continue;
      }
      await this.#transaction();
    }
    this.#running = undefined;
  }

  /**
   * A failed flush leaves unknown what the disk holds, and asking again would only be told that all is well: the
   * kernel forgets the failed pages. So nothing is acknowledged any more until the database is opened again.
   */
  #refuseIfBroken(): void {
    if (this.#broken !== undefined) throw new StoreUnwritable("an earlier flush failed", { cause: this.#broken });
  }

  /** Takes the write lock without ever blocking the event loop. */
  async #begin(): Promise<void> {
    const startMs = performance.now();
    for (let tries = 0; ; tries += 1) {
      try {
        return this.#connection.run("BEGIN IMMEDIATE");
      } catch (thrown) {
        if (!codeOf(thrown).startsWith("SQLITE_BUSY")) throw thrown;
        if (performance.now() - startMs > LOCK_PATIENCE_MS) {
          throw new StoreBusy("another process holds the write lock", { cause: thrown });
        }
      }
      await backOff(tries);
    }
  }

  async #transaction(): Promise<void> {
    const settled: Settle[] = [];
    const taken: Unit[] = [];
    try {
      for (let unit = this.#queue.shift(); unit; unit = taken.length < MOST_UNITS ? this.#queue.shift() : undefined) {
        taken.push(unit);
        settled.push(await this.#runUnit(unit));
      }
      this.#connection.run("COMMIT");
    } catch (thrown) {
      this.#rollback();
      return rejectAll(taken, translateDiskError(thrown));
    }
    this.#hooks.committed();
    try {
      await this.#hooks.flush();
    } catch (thrown) {
      this.#broken = thrown;
      return rejectAll(taken, translateDiskError(thrown));
    }
    for (const settle of settled) settle();
    await this.#afterFlush();
  }

  async #afterFlush(): Promise<void> {
    try {
      await this.#hooks.flushed();
    } catch (thrown) {
      const translated = translateDiskError(thrown);
      // A full disk took nothing and the log keeps it all; after anything else nobody knows what the file holds.
      if (!(translated instanceof StoreFull)) this.#broken = thrown;
      this.#log.error("store.checkpoint", describeThrown(translated));
    }
  }

  /** The unit's own failure undoes the unit alone; when SQLite gave the whole transaction up, that is thrown. */
  async #runUnit(unit: Unit): Promise<Settle> {
    this.#connection.run("SAVEPOINT unit");
    try {
      const value = await unit.work(this.#connection.tx);
      this.#connection.run("RELEASE unit");
      return () => unit.resolve(value);
    } catch (thrown) {
      if (!this.#connection.driver.inTransaction) throw thrown;
      this.#connection.run("ROLLBACK TO unit");
      this.#connection.run("RELEASE unit");
      return () => unit.reject(translateDiskError(thrown));
    }
  }

  #rollback(): void {
    if (this.#connection.driver.inTransaction) this.#connection.run("ROLLBACK");
  }
}

function rejectAll(units: readonly Unit[], thrown: unknown): void {
  for (const unit of units) unit.reject(thrown);
}

/**
 * Another process's lock is waited for in real time, so the house's clock has no part in it. Chance keeps two
 * waiting processes from asking in step for ever.
 */
export async function backOff(tries: number): Promise<void> {
  if (tries < EAGER_TRIES) return new Promise((resolve) => setImmediate(resolve));
  await pause(randomInt(1, Math.min(2 + tries - EAGER_TRIES, 8)));
}
