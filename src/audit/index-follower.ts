import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SealingKey } from "../crypto/index.js";
import type { Database, WriteTx } from "../store/index.js";
import { type Flushed, readFlushed } from "./flushed-mark.js";
import { type Position, SEGMENT_BYTES, segmentPath, TrailDamaged } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { parseRecord } from "./outbox.js";
import type { TrailRecord } from "./port.js";
import { slotsIn } from "./segments.js";
import {
  addEvents,
  type CursorRow,
  findCursor,
  type NewPlace,
  type NewPosting,
  nextEvent,
  Postings,
  putCursor,
} from "./store.js";
import { eventIdTerm, termsOf } from "./terms.js";

/** Records in one transaction: bounds how long the event loop is held (about ten milliseconds). */
const SLICE_RECORDS = 400;

/** Brings the index up to what is flushed, slot by slot. Any process may; whoever comes second finds it done. */
export class IndexFollower {
  readonly #folder: string;
  readonly #key: SealingKey;
  readonly #database: Database;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(folder: string, key: SealingKey, database: Database) {
    this.#folder = folder;
    this.#key = key;
    this.#database = database;
  }

  /** Resolves when all that was flushed when it was called is indexed. */
  catchUp(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    );
    return this.#next;
  }

  /** How much of the flushed trail is not indexed yet, more or less: what a look-up would have to wait for. */
  async bytesBehind(): Promise<number> {
    let bytes = 0;
    for (const slot of slotsIn(this.#folder)) {
      const flushed = readFlushed(join(this.#folder, slot));
      const cursor = await this.#database.read((tx) => findCursor(tx, slot));
      if (flushed === undefined) continue;
      bytes += (flushed.segment - (cursor?.segment ?? 1)) * SEGMENT_BYTES + flushed.offset - (cursor?.start ?? 0);
    }
    return bytes;
  }

  #startNext(): Promise<void> {
    this.#next = undefined;
    return this.#start();
  }

  #start(): Promise<void> {
    this.#running = this.#followAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #followAll(): Promise<void> {
    for (const slot of slotsIn(this.#folder)) {
      const flushed = readFlushed(join(this.#folder, slot));
      if (flushed !== undefined) await this.#follow(slot, flushed);
    }
  }

  async #follow(slot: string, goal: Flushed): Promise<void> {
    for (;;) {
      const cursor = await this.#database.read((tx) => findCursor(tx, slot));
      if (cursor !== undefined && isAtOrAfter(cursor, goal)) return;
      const slice = this.#readSlice(slot, cursor, goal);
      await this.#database.write((tx) => indexSlice(tx, slot, cursor, slice));
    }
  }

  #readSlice(slot: string, cursor: CursorRow | undefined, goal: Flushed): Slice {
    const reader = new FrameReader(this.#folder, slot, this.#key, positionOf(cursor), goal);
    try {
      const events: IndexedEvent[] = [];
      for (let read = reader.next(); read; read = events.length < SLICE_RECORDS ? reader.next() : undefined) {
        const { segment, offset } = read.at;
        for (const [nth, text] of read.records.entries()) {
          events.push({ segment, start: offset, nth, record: parseRecord(text) });
        }
      }
      return { events, end: reader.at };
    } finally {
      reader.close();
    }
  }
}

interface IndexedEvent {
  readonly segment: number;
  readonly start: number;
  readonly nth: number;
  readonly record: TrailRecord;
}

interface Slice {
  readonly events: readonly IndexedEvent[];
  readonly end: Position;
}

/** Does nothing when another process moved the cursor meanwhile. */
async function indexSlice(tx: WriteTx, slot: string, seen: CursorRow | undefined, slice: Slice): Promise<void> {
  const cursor = await findCursor(tx, slot);
  if (cursor?.segment !== seen?.segment || cursor?.start !== seen?.start) return;
  await indexEvents(tx, slot, await nextEvent(tx), slice.events);
  const { segment, offset, frame, hash } = slice.end;
  await putCursor(tx, { slot, segment, start: offset, frame, hash });
}

async function indexEvents(tx: WriteTx, slot: string, first: number, events: readonly IndexedEvent[]): Promise<void> {
  const managed = events.filter(({ record }) => record.eventCategory === "Management");
  const [places, postings, ids]: [NewPlace[], Postings, NewPosting[]] = [[], new Postings(), []];
  for (const [index, { segment, start, nth, record }] of managed.entries()) {
    const time = Math.floor(Date.parse(record.eventTime) / 1000);
    const event = first + index;
    places.push([event, slot, segment, start, nth]);
    postings.add(termsOf(record), time, event);
    ids.push([eventIdTerm(record.recipientAccountId, record.awsRegion, record.eventID), time, event]);
  }
  await addEvents(tx, places, postings, ids);
}

const isAtOrAfter = (cursor: CursorRow, goal: Flushed) =>
  cursor.segment > goal.segment || (cursor.segment === goal.segment && cursor.start >= goal.offset);

function positionOf(cursor: CursorRow | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  return { segment: cursor.segment, offset: cursor.start, frame: cursor.frame, hash: Buffer.from(cursor.hash) };
}

/** The index never runs ahead of what is flushed: a log that ends before its cursor has lost what was acknowledged. */
export async function checkAgainstIndex(folder: string, slot: string, database: Database): Promise<void> {
  const cursor = await database.read((tx) => findCursor(tx, slot));
  if (cursor === undefined) return;
  const place = { slot, segment: cursor.segment };
  const path = segmentPath(folder, place);
  if (!existsSync(path)) throw new TrailDamaged(place, cursor.frame, "the segment is missing");
  if (statSync(path).size < cursor.start) throw new TrailDamaged(place, cursor.frame, "the log was cut");
}
