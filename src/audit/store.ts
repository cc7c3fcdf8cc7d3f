import type { Migration, ReadTx, WriteTx } from "../store/index.js";

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
  {
    id: 3,
    // What was indexed before is indexed anew, as runs (docs/formats/trail-index.md); how far it had come stays known, for
    // it proves that the log was so long. Emptying a large index page by page would write it once more.
    sql: `
      ALTER TABLE cursors RENAME TO former_cursors;
      CREATE TABLE cursors (
        slot TEXT PRIMARY KEY, segment INTEGER NOT NULL, start INTEGER NOT NULL, frame INTEGER NOT NULL, hash BLOB NOT NULL
      );
      PRAGMA secure_delete = FAST;
      DROP TABLE event_ids;
      DROP TABLE postings;
      DROP TABLE places;
      PRAGMA secure_delete = ON;
      CREATE TABLE runs (
        run INTEGER PRIMARY KEY, events INTEGER NOT NULL, oldest INTEGER NOT NULL, newest INTEGER NOT NULL,
        slots TEXT NOT NULL
      );
      CREATE INDEX runs_newest ON runs (newest, run);
      CREATE TABLE run_places (run INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (run, at));
      CREATE TABLE run_terms (
        run INTEGER NOT NULL, term INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (run, term, at)
      );
    `,
  },
];

export interface CursorRow {
  readonly slot: string;
  readonly segment: number;
  readonly start: number;
  readonly frame: number;
  readonly hash: Uint8Array;
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

/** How far the index had come before it was made anew: whichever of the two is further says how long the log was. */
export const findFormerCursor = (tx: ReadTx, slot: string) =>
  tx.get<CursorRow>("SELECT slot, segment, start, frame, hash FROM former_cursors WHERE slot = ?", slot);

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
