import type { Clock, Log } from "../base/index.js";
import { describeThrown } from "../base/index.js";
import type { SealingKey } from "../crypto/index.js";
import type { Database, WriteTx } from "../store/index.js";
import type { TrailRecord } from "./port.js";
import { recordText } from "./record-text.js";
import { segmentNumbers, walkSegment } from "./segments.js";
import type { SlotLog } from "./slot-log.js";
import { deleteOutbox, type OutboxRow, outboxOf, putOutbox } from "./store.js";

const SWEEP_MS = 1000;
/** Bounds how much deleting a caller's commit carries along. */
const MOST_DELETED = 100;
const RECOVERED_AT_ONCE = 1000;

export interface FirstRecord {
  /** Of the call. */
  readonly eventId: string;
  /** `rowText` of the call's own record and those of what it did on its way. */
  readonly text: string;
  /** Where the log stands. */
  readonly segment: number;
}

/** All records of a call, one a line, as in a frame of the log. */
export const rowText = (records: readonly TrailRecord[]): string => records.map(recordText).join("\n");

/**
 * First records: written with the state that they tell of, taken out once the final record is in the log. Taking out
 * is lazy: it rides on later commits, or on a timer when none comes.
 */
export class Outbox {
  readonly #slot: string;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Databases that hold a first record of a call that has not ended. */
  readonly #open = new Map<string, Set<Database>>();
  readonly #done = new Map<Database, string[]>();
  #cancelSweep: (() => void) | undefined;

  constructor(slot: string, clock: Clock, log: Log) {
    this.#slot = slot;
    this.#clock = clock;
    this.#log = log;
  }

  async commit<T>(
    database: Database,
    { eventId, text, segment }: FirstRecord,
    unit: (tx: WriteTx) => Promise<T>,
  ): Promise<T> {
    const done = this.#takeDone(database);
    try {
      const value = await database.write(async (tx) => {
        const result = await unit(tx);
        await putOutbox(tx, eventId, this.#slot, segment, text);
        for (const eventId of done) await deleteOutbox(tx, eventId);
        return result;
      });
      this.#remember(eventId, database);
      return value;
    } catch (thrown) {
      this.#addDone(database, done);
      throw thrown;
    }
  }

  /** A first record of that call is kept, which its final record replaces. */
  isOpen(eventId: string): boolean {
    return this.#open.has(eventId);
  }

  /** The final record is on the disk. */
  ended(eventId: string): void {
    const databases = this.#open.get(eventId);
    if (databases === undefined) return;
    this.#open.delete(eventId);
    for (const database of databases) this.#addDone(database, [eventId]);
  }

  async close(): Promise<void> {
    this.#cancelSweep?.();
    await this.#sweep();
  }

  #remember(eventId: string, database: Database): void {
    const databases = this.#open.get(eventId) ?? new Set();
    this.#open.set(eventId, databases.add(database));
  }

  #takeDone(database: Database): string[] {
    return this.#done.get(database)?.splice(0, MOST_DELETED) ?? [];
  }

  #addDone(database: Database, eventIds: readonly string[]): void {
    if (eventIds.length === 0) return;
    const done = this.#done.get(database);
    if (done === undefined) this.#done.set(database, [...eventIds]);
    else done.push(...eventIds);
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => void this.#sweep());
  }

  async #sweep(): Promise<void> {
    this.#cancelSweep = undefined;
    for (const database of this.#done.keys()) await this.#sweepOne(database);
  }

  async #sweepOne(database: Database): Promise<void> {
    for (let done = this.#takeDone(database); done.length > 0; done = this.#takeDone(database)) {
      try {
        await deleteAll(database, done);
      } catch (thrown) {
        // The rows do no harm where they are: the next opening finds their records in the log and removes them.
        this.#log.warn("audit.outbox", describeThrown(thrown));
        return;
      }
    }
  }
}

/**
 * What a crash left: a first record whose final one is in the log is removed; the others go to the log as they
 * stand, flushed before their row is removed. Safe to be killed at any line and to be run again.
 */
export async function recoverOutbox(
  databases: readonly Database[],
  log: SlotLog,
  trail: { readonly folder: string; readonly slot: string; readonly key: SealingKey },
): Promise<number> {
  let appended = 0;
  for (const database of databases) {
    for (;;) {
      const rows = await database.read((tx) => outboxOf(tx, trail.slot, RECOVERED_AT_ONCE));
      if (rows.length === 0) break;
      const there = recordedIds(trail, Math.min(...rows.map((row) => row.segment)));
      const texts = rows.flatMap((row) => row.record.split("\n"));
      const missing = texts.filter((text) => !there.has(parseRecord(text).eventID));
      await Promise.all(missing.map((text) => log.append(text)));
      appended += missing.length;
      await deleteAll(database, idsOf(rows));
    }
  }
  return appended;
}

/** Event ids in the slot's log from that segment on: the final record was written after the first one. */
function recordedIds(trail: { folder: string; slot: string; key: SealingKey }, from: number): Set<string> {
  const ids = new Set<string>();
  for (const segment of segmentNumbers(trail.folder, trail.slot).filter((number) => number >= from)) {
    const { frames } = walkSegment(trail.key, trail.folder, { slot: trail.slot, segment }, {});
    for (const text of frames.flatMap((frame) => frame.records)) ids.add(parseRecord(text).eventID);
  }
  return ids;
}

/** What we sealed ourselves is a record. */
export const parseRecord = (text: string): TrailRecord => JSON.parse(text) as TrailRecord;

const deleteAll = (database: Database, eventIds: readonly string[]) =>
  database.write(async (tx) => {
    for (const eventId of eventIds) await deleteOutbox(tx, eventId);
  });

const idsOf = (rows: readonly OutboxRow[]) => rows.map((row) => row.event_id);
