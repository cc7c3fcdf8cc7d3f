import { type Clock, describeThrown, type Log, MINUTE_MS, type Region } from "../base/index.js";
import type { Database, ReadTx } from "../store/index.js";

/** When, where and for what an access key or a role was last used. */
export interface LastUse {
  readonly atMs: number;
  /** `s3`. */
  readonly service: string;
  readonly region: Region;
}

/** Under what the last use of one service by one user or role is kept. */
export const serviceUseId = (uniqueId: string, service: string) => `${uniqueId} ${service}`;

/** AWS says hours. A crash forgets at most this much; the trail has it all. */
const FLUSH_MS = 5 * MINUTE_MS;
/** Written by then even if the timer has not struck. */
const MOST_PENDING = 10_000;

interface Row {
  readonly used_at: number;
  readonly service: string;
  readonly region: Region;
}

/**
 * Last uses by access key id, by unique id for roles, and by unique id and service for both. A request costs one map entry; they are written in groups,
 * for each commit in the `iam` database makes every process look its callers up again.
 */
export class LastUses {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #pending = new Map<string, LastUse>();
  #cancelTimer: (() => void) | undefined;

  constructor(database: Database, clock: Clock, log: Log) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  note(id: string, use: LastUse): void {
    if (this.#pending.size >= MOST_PENDING && !this.#pending.has(id)) return;
    this.#pending.set(id, use);
    this.#cancelTimer ??= this.#clock.after(FLUSH_MS, () => void this.#flushQuietly());
  }

  /** The newest that this process knows of. */
  async find(tx: ReadTx, id: string): Promise<LastUse | undefined> {
    const own = this.#pending.get(id);
    const row = await tx.get<Row>("SELECT used_at, service, region FROM iam_last_uses WHERE id = ?", id);
    if (row === undefined || (own !== undefined && own.atMs >= row.used_at)) return own;
    return { atMs: row.used_at, service: row.service, region: row.region };
  }

  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const uses = [...this.#pending];
    if (uses.length === 0) return;
    await this.#database.write(async (tx) => {
      for (const [id, { atMs, service, region }] of uses)
        await tx.run(
          `INSERT INTO iam_last_uses (id, used_at, service, region) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at, service = excluded.service,
              region = excluded.region WHERE excluded.used_at >= iam_last_uses.used_at`,
          id,
          atMs,
          service,
          region,
        );
    });
    // A use that came in while we wrote stays for the next time.
    for (const [id, use] of uses) if (this.#pending.get(id) === use) this.#pending.delete(id);
  }

  /** Nobody waits for a timer, so a failure is told to the operator; the uses stay for the next flush. */
  async #flushQuietly(): Promise<void> {
    await this.flush().catch((thrown: unknown) => this.#log.warn("last uses not written", describeThrown(thrown)));
  }
}
