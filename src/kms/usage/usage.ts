import { type Clock, describeThrown, type Log, MINUTE_MS } from "../../base/index.js";
import type { Database } from "../../store/index.js";
import { type KeyRef, refText } from "../key.js";
import { findUse, putUse } from "./store.js";

/** The last successful cryptographic use of a key (kms O-20). */
export interface KeyUse {
  readonly operation: string;
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId?: string;
}

/** AWS allows an hour of delay; a crash forgets at most this much. The trail knows every use at once. */
const FLUSH_MS = 5 * MINUTE_MS;

/** Remembers uses in memory and writes the newest of each key now and then: the hot path costs one map entry. */
export class UsageTracker {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #texts = new WeakMap<KeyRef, string>();
  #pending = new Map<string, { readonly ref: KeyRef; readonly use: KeyUse }>();
  #cancelTimer: (() => void) | undefined;

  constructor(database: Database, clock: Clock, log: Log) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  note(ref: KeyRef, use: KeyUse): void {
    this.#pending.set(this.#textOf(ref), { ref, use });
    this.#cancelTimer ??= this.#clock.after(FLUSH_MS, () => void this.#flushQuietly());
  }

  /** A key that is used again and again is the same object until it changes. */
  #textOf(ref: KeyRef): string {
    const known = this.#texts.get(ref);
    if (known !== undefined) return known;
    const made = refText(ref);
    this.#texts.set(ref, made);
    return made;
  }

  async lastUse(ref: KeyRef): Promise<KeyUse | undefined> {
    const own = this.#pending.get(refText(ref))?.use;
    const stored = await this.#database.read((tx) => findUse(tx, ref));
    if (own === undefined || stored === undefined) return own ?? stored;
    return own.atMs >= stored.atMs ? own : stored;
  }

  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const uses = [...this.#pending.values()];
    if (uses.length === 0) return;
    await this.#database.write(async (tx) => {
      for (const { ref, use } of uses) await putUse(tx, ref, use);
    });
    for (const { ref, use } of uses) this.#forget(refText(ref), use);
  }

  /** A use that came in while we wrote stays for the next time. */
  #forget(ref: string, use: KeyUse): void {
    if (this.#pending.get(ref)?.use === use) this.#pending.delete(ref);
  }

  /** Nobody waits for a timer, so a failure is told to the operator; the uses stay for the next flush. */
  async #flushQuietly(): Promise<void> {
    await this.flush().catch((thrown: unknown) => this.#log.warn("kms usage not written", describeThrown(thrown)));
  }
}
