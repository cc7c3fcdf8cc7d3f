import type { Migration, ReadTx, SqlValue, WriteTx } from "../store/index.js";

/** All of the trail's SQL: the index that look-ups read, and the outbox that every database has. */
export const AUDIT_MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE cursors (
        slot TEXT PRIMARY KEY, segment INTEGER NOT NULL, start INTEGER NOT NULL, frame INTEGER NOT NULL, hash BLOB NOT NULL
      );
      CREATE TABLE places (
        event INTEGER PRIMARY KEY, slot TEXT NOT NULL, segment INTEGER NOT NULL, start INTEGER NOT NULL, nth INTEGER NOT NULL
      );
      CREATE TABLE postings (
        term INTEGER NOT NULL, time INTEGER NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (term, time, event)
      ) WITHOUT ROWID;
      CREATE TABLE event_ids (
        era INTEGER NOT NULL, term INTEGER NOT NULL, time INTEGER NOT NULL, event INTEGER NOT NULL,
        PRIMARY KEY (era, term, event)
      ) WITHOUT ROWID;
    `,
  },
  { id: 2, sql: "ALTER TABLE postings ADD COLUMN earlier BLOB" },
];

/**
 * Event ids are random, and random keys touch a page each: so they are kept by eras of this many events. An era's
 * pages stay warm while it is written; a look-up by id asks each era.
 */
export const ERA_EVENTS = 65_536;

export interface CursorRow {
  readonly slot: string;
  readonly segment: number;
  readonly start: number;
  readonly frame: number;
  readonly hash: Uint8Array;
}

export interface PlaceRow {
  readonly time: number;
  readonly event: number;
  readonly slot: string;
  readonly segment: number;
  readonly start: number;
  readonly nth: number;
}

export const findCursor = (tx: ReadTx, slot: string) =>
  tx.get<CursorRow>("SELECT slot, segment, start, frame, hash FROM cursors WHERE slot = ?", slot);

export const putCursor = (tx: WriteTx, row: CursorRow) =>
  tx.run(
    `INSERT INTO cursors (slot, segment, start, frame, hash) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (slot) DO UPDATE SET segment = excluded.segment, start = excluded.start, frame = excluded.frame,
     hash = excluded.hash`,
    row.slot,
    row.segment,
    row.start,
    row.frame,
    row.hash,
  );

export async function nextEvent(tx: ReadTx): Promise<number> {
  const row = await tx.get<{ event: number }>("SELECT event FROM places ORDER BY event DESC LIMIT 1");
  return (row?.event ?? 0) + 1;
}

/**
 * Events of one term and second that were indexed together are one row, named by the newest of them: busy servers make
 * hundreds. `earlier` holds how far the others lie before it, four bytes each, the nearest first.
 */
export interface PostingRow {
  readonly time: number;
  readonly event: number;
  readonly earlier: Uint8Array | null;
}

export type NewPlace = readonly [event: number, slot: string, segment: number, start: number, nth: number];
export type NewPosting = readonly [term: number, time: number, event: number];

/** Sorted by the table's key, so that neighbours go to the same page. */
export async function addEvents(
  tx: WriteTx,
  places: readonly NewPlace[],
  postings: Postings,
  ids: readonly NewPosting[],
): Promise<void> {
  const eras = ids.map(([term, time, event]) => [Math.floor(event / ERA_EVENTS), term, time, event] as const);
  await insertAll(tx, "places (event, slot, segment, start, nth)", places);
  await insertAll(tx, "postings (term, time, event, earlier)", postings.rows());
  await insertAll(tx, "event_ids (era, term, time, event)", eras.toSorted(byKey));
}

/** Gathers the postings of events that are indexed together, in the order of their numbers. */
export class Postings {
  readonly #times = new Map<number, Map<number, number[]>>();

  add(terms: Iterable<number>, time: number, event: number): void {
    const ofTime = this.#times.get(time) ?? new Map<number, number[]>();
    this.#times.set(time, ofTime);
    for (const term of terms) {
      const events = ofTime.get(term);
      if (events === undefined) ofTime.set(term, [event]);
      else events.push(event);
    }
  }

  rows(): (readonly [term: number, time: number, event: number, earlier: Uint8Array | null])[] {
    const rows = [...this.#times].flatMap(([time, ofTime]) =>
      [...ofTime].map(([term, events]) => {
        const newest = events[events.length - 1] ?? 0; // a list begins with its first event
        return [term, time, newest, distances(events, newest)] as const;
      }),
    );
    return rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
}

function distances(events: readonly number[], newest: number): Uint8Array | null {
  if (events.length === 1) return null;
  const bytes = Buffer.allocUnsafe(4 * (events.length - 1));
  for (let i = 1; i < events.length; i++)
    bytes.writeUInt32BE(newest - (events[events.length - 1 - i] ?? 0), 4 * (i - 1));
  return bytes;
}

/** Newest first. */
function eventsOf({ event, earlier }: PostingRow): number[] {
  const events = [event];
  const bytes = Buffer.from(earlier ?? []);
  for (let at = 0; at + 4 <= bytes.length; at += 4) events.push(event - bytes.readUInt32BE(at));
  return events;
}

/** Many rows in a statement, and the rest one by one: two statements to prepare, whatever the number of rows. */
const ROWS_TOGETHER = 50;
/** Rows between which others are let in: some milliseconds. */
const ROWS_A_BREATH = 4000;

/** Lets the event loop do what else there is. */
export const breath = () => new Promise<void>((resolve) => setImmediate(resolve));

async function insertAll(tx: WriteTx, columns: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const one = `(${rows[0]?.map(() => "?").join(", ")})`;
  const many = Array.from({ length: ROWS_TOGETHER }, () => one).join(", ");
  let at = 0;
  for (; at + ROWS_TOGETHER <= rows.length; at += ROWS_TOGETHER) {
    await tx.run(`INSERT INTO ${columns} VALUES ${many}`, ...rows.slice(at, at + ROWS_TOGETHER).flat());
    if ((at + ROWS_TOGETHER) % ROWS_A_BREATH === 0) await breath();
  }
  for (const row of rows.slice(at)) await tx.run(`INSERT INTO ${columns} VALUES ${one}`, ...row);
}

function byKey(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, column) => value !== b[column]);
  return (a[differing] ?? 0) - (b[differing] ?? 0);
}

/** Seconds since the epoch, both ends included, and the event before which the page begins. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly before: { readonly time: number; readonly event: number };
  readonly limit: number;
}

/** Newest first. */
export async function placesOf(tx: ReadTx, term: number, window: Window): Promise<PlaceRow[]> {
  const { from, to, before, limit } = window;
  const rows = await tx.all<PostingRow>(
    `SELECT time, event, earlier FROM postings
     WHERE term = ? AND time >= ? AND time <= ? AND (time, event) < (?, ?)
     ORDER BY time DESC, event DESC LIMIT ?`,
    term,
    from,
    to,
    before.time,
    before.event,
    limit,
  );
  const found: PlaceRow[] = [];
  for (const row of [...(await cutRow(tx, term, window)), ...rows]) {
    for (const event of eventsOf(row)) {
      if (found.length === limit) return found;
      if (isBefore({ time: row.time, event }, before)) found.push(...(await placeOf(tx, row.time, event)));
    }
  }
  return found;
}

/** The page before may have ended inside a row; rows of one second do not overlap, so there is one at most. */
const cutRow = (tx: ReadTx, term: number, { from, to, before }: Window) =>
  tx.all<PostingRow>(
    `SELECT time, event, earlier FROM postings
     WHERE term = ? AND time = ? AND time >= ? AND time <= ? AND event >= ? ORDER BY event LIMIT 1`,
    term,
    before.time,
    from,
    to,
    before.event,
  );

/** None when the event was forgotten. */
const placeOf = (tx: ReadTx, time: number, event: number) =>
  tx.all<PlaceRow>(
    "SELECT ? AS time, event, slot, segment, start, nth FROM places WHERE event = ? ORDER BY event LIMIT 1",
    time,
    event,
  );

/** Event ids are unique: a handful of rows at most, and hardly ever a second page. */
export async function placesOfId(tx: ReadTx, term: number, window: Window): Promise<PlaceRow[]> {
  const newest = Math.floor((await nextEvent(tx)) / ERA_EVENTS);
  const found: PlaceRow[] = [];
  for (let era = newest; era >= 0; era -= 1) {
    const rows = await tx.all<PlaceRow>(
      `SELECT i.time, i.event, slot, segment, start, nth FROM event_ids i JOIN places ON places.event = i.event
       WHERE i.era = ? AND i.term = ? ORDER BY i.event DESC LIMIT 100`,
      era,
      term,
    );
    found.push(...rows);
  }
  return found
    .filter((row) => row.time >= window.from && row.time <= window.to && isBefore(row, window.before))
    .sort((a, b) => b.time - a.time || b.event - a.event)
    .slice(0, window.limit);
}

const isBefore = (row: { readonly time: number; readonly event: number }, { time, event }: Window["before"]) =>
  row.time < time || (row.time === time && row.event < event);

/** Rows that one step of forgetting deletes, more or less: bounds how long the event loop is held. */
const FORGOTTEN_TOGETHER = 1000;

/** One term's postings that are older than `cutoff`. Gives the term; undefined when there is none after `after`. */
export async function forgetPostings(tx: WriteTx, after: number, cutoff: number): Promise<number | undefined> {
  const row = await tx.get<{ term: number }>("SELECT term FROM postings WHERE term > ? ORDER BY term LIMIT 1", after);
  if (row !== undefined) await tx.run("DELETE FROM postings WHERE term = ? AND time < ?", row.term, cutoff);
  return row?.term;
}

/** A part of the oldest era, if all of it is older than `cutoff`. Says whether there may be more to do. */
export async function forgetEra(tx: WriteTx, cutoff: number): Promise<boolean> {
  const oldest = await tx.get<{ era: number }>("SELECT era FROM event_ids ORDER BY era, term LIMIT 1");
  if (oldest === undefined || oldest.era >= Math.floor((await nextEvent(tx)) / ERA_EVENTS)) return false;
  const newest = await tx.get<{ time: number }>("SELECT MAX(time) AS time FROM event_ids WHERE era = ?", oldest.era);
  if (newest === undefined || newest.time >= cutoff) return false;
  const rows = await tx.all<{ term: number; event: number }>(
    "SELECT term, event FROM event_ids WHERE era = ? ORDER BY term, event LIMIT ?",
    oldest.era,
    FORGOTTEN_TOGETHER,
  );
  for (const { term, event } of rows) {
    await tx.run("DELETE FROM event_ids WHERE era = ? AND term = ? AND event = ?", oldest.era, term, event);
    await tx.run("DELETE FROM places WHERE event = ?", event);
  }
  return true;
}

export interface OutboxRow {
  readonly event_id: string;
  readonly segment: number;
  readonly record: string;
}

/** A request that commits twice keeps its newest first record. */
export const putOutbox = (tx: WriteTx, eventId: string, slot: string, segment: number, record: string) =>
  tx.run(
    `INSERT INTO audit_outbox (event_id, slot, segment, record) VALUES (?, ?, ?, ?)
     ON CONFLICT (event_id) DO UPDATE SET record = excluded.record`,
    eventId,
    slot,
    segment,
    record,
  );

export const deleteOutbox = (tx: WriteTx, eventId: string) =>
  tx.run("DELETE FROM audit_outbox WHERE event_id = ?", eventId);

/** The oldest segment in which the final record of a call may stand that has left a first one. */
export const oldestOutbox = async (tx: ReadTx, slot: string): Promise<number | undefined> =>
  (await tx.get<{ segment: number | null }>("SELECT MIN(segment) AS segment FROM audit_outbox WHERE slot = ?", slot))
    ?.segment ?? undefined;

export const outboxOf = (tx: ReadTx, slot: string, limit: number) =>
  tx.all<OutboxRow>(
    "SELECT event_id, segment, record FROM audit_outbox WHERE slot = ? ORDER BY event_id LIMIT ?",
    slot,
    limit,
  );
