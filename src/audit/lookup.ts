import { createHash } from "node:crypto";
import { makeMarker, type Page, parseMarker } from "../base/index.js";
import type { SealingKey } from "../crypto/index.js";
import type { Database } from "../store/index.js";
import { HISTORY_MS } from "./forget.js";
import { type Place, TrailDamaged } from "./frame.js";
import { FrameFiles } from "./frame-files.js";
import { parseRecord } from "./outbox.js";
import type { Lookup, TrailRecord } from "./port.js";
import { findEvents, type Window } from "./runs/find.js";
import type { EventPlace } from "./runs/places.js";
import { eventIdTerm, termOf, valuesOf } from "./terms.js";

const FOREVER = Number.MAX_SAFE_INTEGER;

/** The text is no `next` of this look-up. */
export class InvalidNextToken extends Error {
  override readonly name = "InvalidNextToken";
}

interface IndexedTrail {
  readonly folder: string;
  readonly key: SealingKey;
  /** The owner knows that these records may be unreadable, or let them expire: such ones are left out. */
  mayBeGone(place: Place): boolean;
}

/** Reads the index as it is now: who wants all that is recorded catches it up first. */
export async function lookUp(
  trail: IndexedTrail & { readonly database: Database },
  lookup: Lookup,
  now: Date,
): Promise<Page<TrailRecord>> {
  const scope = scopeOf(lookup);
  const window = windowOf(lookup, scope, now);
  const rows = await trail.database.read((tx) => findEvents(tx, termAskedFor(lookup), window));
  const page = rows.slice(0, lookup.limit);
  const items = readRecords(trail, page).filter((record) => isWanted(record, lookup));
  const last = page.at(-1);
  if (rows.length <= lookup.limit || last === undefined) return { items };
  return { items, next: makeMarker(scope, [last.time, last.segment, last.start, last.nth, last.slot].join(":")) };
}

function termAskedFor({ account, region, attribute }: Lookup): number {
  if (attribute?.key === "EventId") return eventIdTerm(attribute.value);
  return termOf(account, region, attribute?.key ?? "", attribute?.value ?? "");
}

/** A token belongs to one question: account, Region, attribute and times. */
function scopeOf({ account, region, attribute, from, to }: Lookup): string {
  const question = JSON.stringify([account, region, attribute?.key, attribute?.value, from?.getTime(), to?.getTime()]);
  return createHash("sha256").update(question).digest("base64url").slice(0, 16);
}

function windowOf(lookup: Lookup, scope: string, now: Date): Window {
  const oldest = now.getTime() - HISTORY_MS;
  const from = Math.max(lookup.from?.getTime() ?? oldest, oldest);
  return {
    from: Math.ceil(from / 1000),
    to: lookup.to === undefined ? FOREVER : Math.floor(lookup.to.getTime() / 1000),
    before: beginningOf(lookup.next, scope),
    limit: lookup.limit + 1,
  };
}

function beginningOf(next: string | undefined, scope: string): EventPlace | undefined {
  if (next === undefined) return undefined;
  const parts = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):(\d{1,15}):([a-z\d-]{1,32})$/.exec(parseMarker(scope, next) ?? "");
  const [, time, segment, start, nth, slot] = parts ?? [];
  if (slot === undefined) throw new InvalidNextToken("not a token of this look-up");
  return { time: Number(time), slot, segment: Number(segment), start: Number(start), nth: Number(nth) };
}

/** Terms are hashes: another text may have the same one. */
function isWanted(record: TrailRecord, { account, region, attribute }: Lookup): boolean {
  if (record.recipientAccountId !== account || record.awsRegion !== region) return false;
  return attribute === undefined || valuesOf(record, attribute.key).includes(attribute.value);
}

/** Records of one frame are read together. */
function readRecords(trail: IndexedTrail, rows: readonly EventPlace[]): TrailRecord[] {
  const files = new FrameFiles(trail.folder, trail.key);
  try {
    return recordsOf(trail, files, rows);
  } finally {
    files.close();
  }
}

function recordsOf(trail: IndexedTrail, files: FrameFiles, rows: readonly EventPlace[]): TrailRecord[] {
  const frames = new Map<string, readonly string[]>();
  return rows.flatMap((row) => {
    const name = `${row.slot}/${row.segment}/${row.start}`;
    const records = frames.get(name) ?? readFrameOf(trail, files, row);
    frames.set(name, records);
    const text = records[row.nth];
    if (text === undefined && trail.mayBeGone(row)) return [];
    if (text === undefined) throw new TrailDamaged(row, row.start, "the index names a record that is not there");
    return [parseRecord(text)];
  });
}

function readFrameOf(trail: IndexedTrail, files: FrameFiles, row: EventPlace): readonly string[] {
  try {
    return files.recordsAt(row, row.start);
  } catch (thrown) {
    if (trail.mayBeGone(row)) return [];
    throw thrown;
  }
}
