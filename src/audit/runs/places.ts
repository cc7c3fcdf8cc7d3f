import { needs } from "../../base/index.js";

/** Where an event's record stands, and its time in seconds: the events of the index are ordered by it. */
export interface EventPlace {
  readonly time: number;
  readonly slot: string;
  readonly segment: number;
  /** Where its frame begins. */
  readonly start: number;
  /** Its number among the records of its frame. */
  readonly nth: number;
}

/**
 * A place in a run: time, number of the slot in the run's list, segment, start and nth, big-endian. The list is sorted,
 * so bytes are ordered as the places are.
 */
export const PLACE_BYTES = 16;
export const SLOT_AT = 4;
const [SEGMENT_AT, START_AT, NTH_AT] = [6, 10, 14];
/** A row of the database fills one of its pages, nearly. */
const PLACES_A_ROW = 240;

export interface PlaceRow {
  /** Number of its first place in the run. */
  readonly at: number;
  readonly data: Uint8Array;
}

export function comparePlaces(a: EventPlace, b: EventPlace): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.slot !== b.slot) return a.slot < b.slot ? -1 : 1;
  return a.segment - b.segment || a.start - b.start || a.nth - b.nth;
}

const MOST_UINT16 = 0xffff;

export function packPlace(into: Buffer, nth: number, slot: number, place: Omit<EventPlace, "slot">): void {
  needs(slot <= MOST_UINT16 && place.nth <= MOST_UINT16, "slots and the records of a frame are counted in two bytes");
  const at = nth * PLACE_BYTES;
  into.writeUInt32BE(place.time, at);
  into.writeUInt16BE(slot, at + SLOT_AT);
  into.writeUInt32BE(place.segment, at + SEGMENT_AT);
  into.writeUInt32BE(place.start, at + START_AT);
  into.writeUInt16BE(place.nth, at + NTH_AT);
}

export function unpackPlace(from: Buffer, nth: number, slots: readonly string[]): EventPlace {
  const at = nth * PLACE_BYTES;
  const slot = slots[from.readUInt16BE(at + SLOT_AT)];
  needs(slot !== undefined, "a place names a slot of its run");
  return {
    time: from.readUInt32BE(at),
    slot,
    segment: from.readUInt32BE(at + SEGMENT_AT),
    start: from.readUInt32BE(at + START_AT),
    nth: from.readUInt16BE(at + NTH_AT),
  };
}

export const timeAt = (places: Buffer, nth: number) => places.readUInt32BE(nth * PLACE_BYTES);

/** Whether it stands before that place of its slot's log. */
export function standsBefore(places: Buffer, nth: number, segment: number, start: number): boolean {
  const own = places.readUInt32BE(nth * PLACE_BYTES + SEGMENT_AT);
  return own < segment || (own === segment && places.readUInt32BE(nth * PLACE_BYTES + START_AT) < start);
}

/** The run's places, in order, cut into rows. */
export function placeRows(places: Buffer): PlaceRow[] {
  const rows: PlaceRow[] = [];
  const count = places.length / PLACE_BYTES;
  for (let at = 0; at < count; at += PLACES_A_ROW) {
    rows.push({ at, data: places.subarray(at * PLACE_BYTES, Math.min(count, at + PLACES_A_ROW) * PLACE_BYTES) });
  }
  return rows;
}

/** The number of the row's first place, of the row that holds this one. */
export const rowOfPlace = (nth: number) => nth - (nth % PLACES_A_ROW);
