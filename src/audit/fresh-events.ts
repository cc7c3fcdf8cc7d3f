import type { Position } from "./frame.js";
import { Batch } from "./runs/batch.js";
import type { EventNote } from "./terms.js";

/** What the index takes in at once, and where it stands afterwards. */
export interface Slice {
  readonly events: Batch;
  readonly end: Position;
}

/** More are forgotten: then they are read back from the log. */
const MOST_KEPT = 60_000;

type At = Pick<Position, "segment" | "offset">;

/**
 * What this process has flushed to its own log and the index may not have yet, so that it need not be read back, opened
 * and parsed. Only a help: whatever is not here is in the log.
 */
export class FreshEvents {
  #events = new Batch();
  #from: Position;
  #to: Position;

  /** `at`: the end of the log. */
  constructor(at: Position) {
    this.#from = at;
    this.#to = at;
  }

  /** Everything from here on is known. */
  get from(): Position {
    return this.#from;
  }

  /** A frame was flushed at `at`; its records, in order, undefined where there is nothing to index. */
  add(at: Position, notes: readonly (EventNote | undefined)[], next: Position): void {
    if (this.#events.count + notes.length > MOST_KEPT) this.#begin(at);
    const { segment, offset: start } = at;
    for (const [nth, note] of notes.entries()) {
      if (note !== undefined) this.#events.add({ time: note.time, segment, start, nth }, note.terms);
    }
    this.#to = next;
  }

  /** All that stands from `cursor` on, and forgets it; undefined when it is not all known, or there is nothing. */
  take(cursor: At): Slice | undefined {
    if (isBefore(cursor, this.#from) || !isBefore(cursor, this.#to)) return undefined;
    const [events, end] = [this.#events, this.#to];
    events.dropBefore(cursor.segment, cursor.offset);
    this.#begin(end);
    return { events, end };
  }

  #begin(at: Position): void {
    this.#events = new Batch();
    this.#from = at;
    this.#to = at;
  }
}

export const isBefore = (a: At, b: At) => a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
