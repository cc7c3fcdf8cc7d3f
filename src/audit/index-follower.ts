import { join } from "node:path";
import type { SealingKey } from "../crypto/index.js";
import type { Database, WriteTx } from "../store/index.js";
import { type Flushed, readFlushed } from "./flushed-mark.js";
import { type Position, SEGMENT_BYTES, TrailDamaged } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { type Acceptance, readAcceptance } from "./ledger/acceptance.js";
import { readBeginning } from "./ledger/beginning.js";
import type { LedgerFiles } from "./ledger/files.js";
import { parseRecord } from "./outbox.js";
import type { TrailRecord } from "./port.js";
import { describeSegment } from "./segment-file.js";
import { slotsIn } from "./segments.js";
import {
  addEvents,
  breath,
  type CursorRow,
  findCursor,
  type NewPlace,
  type NewPosting,
  nextEvent,
  Postings,
  putCursor,
} from "./store.js";
import { eventIdTerm, termsOf } from "./terms.js";

/** Records that are read or indexed at a time: bounds how long the event loop is held (about ten milliseconds). */
const SLICE_RECORDS = 400;
/**
 * Nearly every event touches pages of its own (its key's, its person's), and each transaction writes what it touched:
 * so an index that is far behind takes many slices into one, and lets others in between them.
 */
const FAR_BEHIND_BYTES = 8 * 1024 * 1024;
const SLICES_TOGETHER = 16;

/** Brings the index up to what is flushed, slot by slot. Any process may; whoever comes second finds it done. */
export class IndexFollower {
  readonly #folder: string;
  readonly #key: SealingKey;
  readonly #database: Database;
  readonly #files: LedgerFiles;
  /** Made only while no server runs, so they are read once. */
  readonly #accepted = new Map<string, Acceptance | undefined>();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(files: LedgerFiles, database: Database) {
    this.#files = files;
    this.#folder = files.folder;
    this.#key = files.key;
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
      const flushed = this.#goalOf(slot);
      const cursor = await this.#database.read((tx) => findCursor(tx, slot));
      if (flushed === undefined) continue;
      bytes += bytesBetween(cursor, flushed);
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
      const flushed = this.#goalOf(slot);
      if (flushed !== undefined) await this.#follow(slot, flushed);
    }
  }

  /** A chain whose damage was accepted ends before it. */
  #goalOf(slot: string): Flushed | undefined {
    const accepted = this.acceptanceOf(slot);
    if (accepted === undefined) return readFlushed(join(this.#folder, slot));
    return accepted.offset === 0 ? undefined : accepted;
  }

  acceptanceOf(slot: string): Acceptance | undefined {
    if (!this.#accepted.has(slot)) this.#accepted.set(slot, readAcceptance(this.#files, slot));
    return this.#accepted.get(slot);
  }

  async #follow(slot: string, goal: Flushed): Promise<void> {
    for (;;) {
      const cursor = await this.#database.read((tx) => findCursor(tx, slot));
      if (cursor !== undefined && isAtOrAfter(cursor, goal)) return;
      const most = isFarBehind(cursor, goal) ? SLICES_TOGETHER * SLICE_RECORDS : SLICE_RECORDS;
      const slice = await this.#readSlice(slot, cursor, goal, most);
      await this.#database.write((tx) => indexSlice(tx, slot, cursor, slice));
    }
  }

  async #readSlice(slot: string, cursor: CursorRow | undefined, goal: Flushed, most: number): Promise<Slice> {
    const beginning = cursor === undefined ? readBeginning(this.#files, slot) : undefined;
    const reader = new FrameReader(this.#folder, slot, this.#key, positionOf(cursor), goal, beginning);
    try {
      const events: IndexedEvent[] = [];
      let pause = SLICE_RECORDS;
      for (let read = reader.next(); read; read = events.length < most ? reader.next() : undefined) {
        const { segment, offset } = read.at;
        for (const [nth, text] of read.records.entries()) {
          events.push({ segment, start: offset, nth, record: parseRecord(text) });
        }
        if (events.length < pause || events.length >= most) continue;
        pause += SLICE_RECORDS;
        await breath();
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

const bytesBetween = (cursor: CursorRow | undefined, goal: Flushed) =>
  (goal.segment - (cursor?.segment ?? 1)) * SEGMENT_BYTES + goal.offset - (cursor?.start ?? 0);

const isFarBehind = (cursor: CursorRow | undefined, goal: Flushed) => bytesBetween(cursor, goal) > FAR_BEHIND_BYTES;

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
  const segment = describeSegment(folder, place);
  if (segment === undefined) throw new TrailDamaged(place, cursor.frame, "the segment is missing");
  if (segment.bytes < cursor.start) throw new TrailDamaged(place, cursor.frame, "the log was cut");
}
