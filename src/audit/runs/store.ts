import type { ReadTx, WriteTx } from "../../store/index.js";
import { breath } from "../breath.js";
import type { PlaceRow } from "./places.js";
import type { TermRow } from "./postings.js";

/** Events that were indexed together, and what they can be found by. Never changed: merged into a larger one, or forgotten. */
export interface RunRow {
  readonly run: number;
  readonly events: number;
  /** Seconds since the epoch, of its first and its last event. */
  readonly oldest: number;
  readonly newest: number;
  /** Names of slots in order, joined by commas. */
  readonly slots: string;
}

export interface NewRun extends Omit<RunRow, "run"> {
  readonly places: readonly PlaceRow[];
  readonly terms: readonly TermRow[];
}

const COLUMNS = "run, events, oldest, newest, slots";

/** Numbers only rise, and none is used twice: the newest run is never forgotten, and one that is merged gives way to a newer one. */
export async function nextRun(tx: ReadTx): Promise<number> {
  const row = await tx.get<{ run: number }>("SELECT run FROM runs ORDER BY run DESC LIMIT 1");
  return (row?.run ?? 0) + 1;
}

export async function addRun(tx: WriteTx, run: number, made: NewRun): Promise<void> {
  const { events, oldest, newest, slots } = made;
  await tx.run(`INSERT INTO runs (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`, run, events, oldest, newest, slots);
  for (const [nth, { at, data }] of made.places.entries()) {
    await tx.run("INSERT INTO run_places (run, at, data) VALUES (?, ?, ?)", run, at, data);
    if (nth % ROWS_A_BREATH === ROWS_A_BREATH - 1) await breath();
  }
  for (const [nth, { term, at, data }] of made.terms.entries()) {
    await tx.run("INSERT INTO run_terms (run, term, at, data) VALUES (?, ?, ?, ?)", run, term, at, data);
    if (nth % ROWS_A_BREATH === ROWS_A_BREATH - 1) await breath();
  }
}

/** Rows between which others are let in: some milliseconds. Nobody but indexers waits for this database. */
const ROWS_A_BREATH = 100;

/** The `limit` next runs that are not younger than `newest`, the one whose newest event is newest first. */
export const runsUntil = (tx: ReadTx, newest: number, run: number, from: number, limit: number) =>
  tx.all<RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE (newest, run) < (?, ?) AND newest >= ? ORDER BY newest DESC, run DESC LIMIT ?`,
    newest,
    run,
    from,
    limit,
  );

/** Oldest first. */
export const runsBelow = (tx: ReadTx, events: number, limit: number) =>
  tx.all<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE events < ? ORDER BY run LIMIT ?`, events, limit);

export const placeRow = (tx: ReadTx, run: number, at: number) =>
  tx.get<PlaceRow>("SELECT at, data FROM run_places WHERE run = ? AND at = ?", run, at);

/** The last row that begins with this term and number or before them. */
export const termRowUntil = (tx: ReadTx, run: number, term: number, at: number) =>
  tx.get<TermRow>(
    `SELECT term, at, data FROM run_terms WHERE run = ? AND (term, at) <= (?, ?) ORDER BY term DESC, at DESC LIMIT 1`,
    run,
    term,
    at,
  );

/** More than any run has. */
const MOST_ROWS = 100_000;

export const placeRowsOf = (tx: ReadTx, run: number) =>
  tx.all<PlaceRow>("SELECT at, data FROM run_places WHERE run = ? ORDER BY at LIMIT ?", run, MOST_ROWS);

export const termRowsOf = (tx: ReadTx, run: number) =>
  tx.all<TermRow>("SELECT term, at, data FROM run_terms WHERE run = ? ORDER BY term, at LIMIT ?", run, MOST_ROWS);

export const hasRun = async (tx: ReadTx, run: number): Promise<boolean> =>
  (await tx.get("SELECT run FROM runs WHERE run = ?", run)) !== undefined;

export async function deleteRun(tx: WriteTx, run: number): Promise<void> {
  await tx.run("DELETE FROM run_places WHERE run = ?", run);
  await tx.run("DELETE FROM run_terms WHERE run = ?", run);
  await tx.run("DELETE FROM runs WHERE run = ?", run);
}

/** A run with nothing as young as `cutoff` in it, but not the newest one. */
export const oldRun = (tx: ReadTx, cutoff: number) =>
  tx.get<{ run: number }>(
    "SELECT run FROM runs WHERE newest < ? AND run < (SELECT MAX(run) FROM runs) ORDER BY newest, run LIMIT 1",
    cutoff,
  );
