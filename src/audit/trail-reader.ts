import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../store/index.js";
import { readFlushed } from "./flushed-mark.js";
import { FrameReader } from "./frame-reader.js";
import { readAcceptance } from "./ledger/acceptance.js";
import { readBeginning } from "./ledger/beginning.js";
import type { LedgerFiles } from "./ledger/files.js";
import { parseRecord } from "./outbox.js";
import type { TrailPlace, TrailRecord, TrailSlice } from "./port.js";
import { slotsIn } from "./segments.js";
import { findCursor } from "./store.js";

/** Records between two turns of the event loop: opening and parsing them takes a few milliseconds. */
const TURN_RECORDS = 200;

/** Reads all slots' logs on from these places, each slot in its order. A slot without a place is read from its beginning. */
export async function readOn(
  trail: LedgerFiles,
  places: readonly TrailPlace[],
  mostRecords: number,
): Promise<TrailSlice> {
  const records: TrailRecord[] = [];
  const reached = new Map(places.map((place) => [place.slot, place]));
  for (const slot of slotsIn(trail.folder)) {
    // Where damage was accepted, the slot ends before it.
    const goal = readAcceptance(trail, slot) ?? readFlushed(join(trail.folder, slot));
    if (goal === undefined || goal.offset === 0) continue;
    const from = reached.get(slot);
    const beginning = from === undefined ? readBeginning(trail, slot) : undefined;
    const reader = new FrameReader(trail.folder, slot, trail.key, from && positionOf(from), goal, beginning);
    try {
      let turn = records.length + TURN_RECORDS;
      while (records.length < mostRecords) {
        const frame = reader.next();
        if (frame === undefined) break;
        for (const text of frame.records) records.push(parseRecord(text));
        if (records.length < turn) continue;
        await nextTurn();
        turn = records.length + TURN_RECORDS;
      }
      const { segment, offset, frame, hash } = reader.at;
      reached.set(slot, { slot, segment, offset, frame, hash: hash.toString("hex") });
    } finally {
      reader.close();
    }
  }
  return { records, places: [...reached.values()], isThrough: records.length < mostRecords };
}

/** Where the index stands: at the flushed end, or before it. */
export async function indexPlaces(folder: string, database: Database): Promise<TrailPlace[]> {
  const places: TrailPlace[] = [];
  for (const slot of slotsIn(folder)) {
    const row = await database.read((tx) => findCursor(tx, slot));
    if (row === undefined) continue;
    const hash = Buffer.from(row.hash).toString("hex");
    places.push({ slot, segment: row.segment, offset: row.start, frame: row.frame, hash });
  }
  return places;
}

const positionOf = ({ segment, offset, frame, hash }: TrailPlace) => ({
  segment,
  offset,
  frame,
  hash: Buffer.from(hash, "hex"),
});
