import { join } from "node:path";
import type { SealingKey } from "../crypto/index.js";
import type { Database, ReadTx, WriteTx } from "../store/index.js";
import { breath } from "./breath.js";
import { type Flushed, readFlushed } from "./flushed-mark.js";
import { type Position, SEGMENT_BYTES, TrailDamaged } from "./frame.js";
import { FrameReader } from "./frame-reader.js";
import { type FreshEvents, isBefore, type Slice } from "./fresh-events.js";
import { type Acceptance, readAcceptance } from "./ledger/acceptance.js";
import { readBeginning } from "./ledger/beginning.js";
import type { LedgerFiles } from "./ledger/files.js";
import { parseRecord } from "./outbox.js";
import { Batch } from "./runs/batch.js";
import { mergeRuns } from "./runs/merge.js";
import { addRun, type NewRun, nextRun } from "./runs/store.js";
import { describeSegment } from "./segment-file.js";
import { slotsIn } from "./segments.js";
import { type CursorRow, findCursor, findFormerCursor, putCursor } from "./store.js";
import { noteOf } from "./terms.js";

/** Records that are read at a time: bounds how long the event loop is held (some milliseconds). */
const RECORDS_A_BREATH = 400;
/** Records that become one run, more or less: so many that its events are merged once, if at all. */
const MOST_RECORDS = 8192;

/** The log that this process itself writes. */
export interface OwnLog {
  readonly slot: string;
  readonly fresh: FreshEvents;
}

/** Brings the index up to what is flushed, slot by slot. Any process may; whoever comes second finds it done. */
export class IndexFollower {
  readonly #folder: string;
  readonly #key: SealingKey;
  readonly #database: Database;
  readonly #files: LedgerFiles;
  readonly #own: OwnLog;
  /** Made only while no server runs, so they are read once. */
  readonly #accepted = new Map<string, Acceptance | undefined>();
  /** One thing is done at a time. */
  #last: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(files: LedgerFiles, database: Database, own: OwnLog) {
    this.#files = files;
    this.#own = own;
    this.#folder = files.folder;
    this.#key = files.key;
    this.#database = database;
  }

  /** Resolves when all that was flushed when it was called is indexed. */
  catchUp(): Promise<void> {
    this.#queued ??= this.#alone(() => {
      this.#queued = undefined;
      return this.#followAll();
    });
    return this.#queued;
  }

  /** Brings the index up to what this process itself has flushed, if that is `atLeastBytes`, and keeps it in few runs. */
  async followOwn(atLeastBytes: number): Promise<void> {
    const { slot } = this.#own;
    const goal = this.#goalOf(slot);
    if (goal !== undefined && (await this.#bytesBehind(slot, goal)) >= Math.max(atLeastBytes, 1))
      await this.#alone(() => this.#follow(slot, goal));
    await mergeRuns(this.#database); // look-ups make runs too
  }

  /** How much of the flushed trail is not indexed yet, more or less: what a look-up would have to wait for. */
  async bytesBehind(): Promise<number> {
    let bytes = 0;
    for (const slot of slotsIn(this.#folder)) {
      const goal = this.#goalOf(slot);
      if (goal !== undefined) bytes += await this.#bytesBehind(slot, goal);
    }
    return bytes;
  }

  async #bytesBehind(slot: string, goal: Flushed): Promise<number> {
    const cursor = await this.#database.read((tx) => findCursor(tx, slot));
    return (goal.segment - (cursor?.segment ?? 1)) * SEGMENT_BYTES + goal.offset - (cursor?.start ?? 0);
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // whoever asked is told; the next one is not held up
    return done;
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
      if (cursor !== undefined && !isBefore(offsetOf(cursor), goal)) return;
      const slice =
        this.#takeFresh(slot, cursor) ?? (await this.#readSlice(slot, cursor, this.#unknownUntil(slot, cursor, goal)));
      const run = await slice.events.toRun(slot);
      await this.#database.write((tx) => indexSlice(tx, slot, cursor, slice.end, run));
    }
  }

  #takeFresh(slot: string, cursor: CursorRow | undefined): Slice | undefined {
    return slot === this.#own.slot && cursor !== undefined ? this.#own.fresh.take(offsetOf(cursor)) : undefined;
  }

  /** From where on the events are known is not read. */
  #unknownUntil(slot: string, cursor: CursorRow | undefined, goal: Flushed): Flushed {
    const { from } = this.#own.fresh;
    const isKnown = slot === this.#own.slot && isBefore(from, goal);
    return isKnown && (cursor === undefined || isBefore(offsetOf(cursor), from)) ? from : goal;
  }

  async #readSlice(slot: string, cursor: CursorRow | undefined, goal: Flushed): Promise<Slice> {
    const beginning = cursor === undefined ? readBeginning(this.#files, slot) : undefined;
    const reader = new FrameReader(this.#folder, slot, this.#key, positionOf(cursor), goal, beginning);
    try {
      const events = new Batch();
      let records = 0;
      for (let read = reader.next(); read; read = records < MOST_RECORDS ? reader.next() : undefined) {
        const { segment, offset: start } = read.at;
        for (const [nth, text] of read.records.entries()) {
          const note = noteOf(parseRecord(text));
          if (note !== undefined) events.add({ time: note.time, segment, start, nth }, note.terms);
          records += 1;
          if (records % RECORDS_A_BREATH === 0) await breath();
        }
      }
      return { events, end: reader.at };
    } finally {
      reader.close();
    }
  }
}

/** Does nothing when another process moved the cursor meanwhile. */
async function indexSlice(
  tx: WriteTx,
  slot: string,
  seen: CursorRow | undefined,
  { segment, offset, frame, hash }: Position,
  run: NewRun | undefined,
): Promise<void> {
  const cursor = await findCursor(tx, slot);
  if (cursor?.segment !== seen?.segment || cursor?.start !== seen?.start) return;
  if (run !== undefined) await addRun(tx, await nextRun(tx), run);
  await putCursor(tx, { slot, segment, start: offset, frame, hash });
}

const offsetOf = ({ segment, start }: CursorRow) => ({ segment, offset: start });

function positionOf(cursor: CursorRow | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  return { segment: cursor.segment, offset: cursor.start, frame: cursor.frame, hash: Buffer.from(cursor.hash) };
}

/** The index never runs ahead of what is flushed: a log that ends before its cursor has lost what was acknowledged. */
export async function checkAgainstIndex(folder: string, slot: string, database: Database): Promise<void> {
  const cursor = await database.read((tx) => furthestCursor(tx, slot));
  if (cursor === undefined) return;
  const place = { slot, segment: cursor.segment };
  const segment = describeSegment(folder, place);
  if (segment === undefined) throw new TrailDamaged(place, cursor.frame, "the segment is missing");
  if (segment.bytes < cursor.start) throw new TrailDamaged(place, cursor.frame, "the log was cut");
}

/** While the index is made anew, it was further before. */
async function furthestCursor(tx: ReadTx, slot: string): Promise<CursorRow | undefined> {
  const [cursor, former] = [await findCursor(tx, slot), await findFormerCursor(tx, slot)];
  if (cursor === undefined || former === undefined) return cursor ?? former;
  return isBefore(offsetOf(cursor), offsetOf(former)) ? former : cursor;
}
