import { equalBytes, utf8 } from "../../base/index.js";
import { BrokenSeal, StoredMark } from "../../crypto/index.js";
import { type BlobReader, type SqlValue, StoreDamaged } from "../../store/index.js";
import { type DamageKind, damageOf } from "./damage.js";
import type { S3Ports } from "./ports.js";
import { giveRunBuffer, takeRunBuffer } from "./run-buffers.js";
import {
  type Damage,
  deleteDamage,
  isBroken,
  keysToScrub,
  type Piece,
  pieceOfRow,
  pieceStands,
  putDamage,
  rowsToScrub,
  rowToScrub,
  SCRUBBED_TABLES,
  type ScrubbedRow,
  type ScrubbedTable,
  selectDamages,
} from "./store/index.js";

/** How far a round has come, as it is kept between runs and over restarts. */
export interface ScrubRound {
  readonly startedMs: number;
  endedMs: number | undefined;
  table: ScrubbedTable;
  /** The last row that is done; bytes as base64. */
  after: readonly ScrubKey[] | undefined;
  rows: number;
  pieces: number;
  bytes: number;
  /** Blobs of before there were marks: read, and nothing to hold them against. */
  unmarked: number;
  damaged: number;
  /** Tables with rows that do not open. */
  damagedTables: ScrubbedTable[];
}

type ScrubKey = string | number | { readonly base64: string };

export const newRound = (nowMs: number): ScrubRound => ({
  startedMs: nowMs,
  endedMs: undefined,
  table: "buckets",
  after: undefined,
  rows: 0,
  pieces: 0,
  bytes: 0,
  unmarked: 0,
  damaged: 0,
  damagedTables: [],
});

const ROWS_A_PAGE = 50;
const READ_BYTES = 256 * 1024;
const MOST_DAMAGES = 10_000;

/**
 * Reads through all rows and blobs from where the round stands, holding every blob against its mark, which needs no
 * customer's key and no call to KMS. Yields how many bytes each step cost, so that its caller sets the pace, and keeps
 * `round` true at every step. Throws when something cannot be asked just now: then it may be begun anew from `round`.
 */
export async function* scrub(ports: S3Ports, round: ScrubRound, nowMs: () => number): AsyncGenerator<number, void> {
  const tables = Object.keys(SCRUBBED_TABLES) as ScrubbedTable[]; // its own keys
  for (const table of tables.slice(tables.indexOf(round.table))) {
    if (round.table !== table) [round.table, round.after] = [table, undefined];
    try {
      yield* scrubTable(ports, round, nowMs);
    } catch (thrown) {
      if (!(thrown instanceof StoreDamaged)) throw thrown;
      noteTable(ports, round, thrown);
    }
  }
  yield* nameDamages(ports);
}

async function* scrubTable(ports: S3Ports, round: ScrubRound, nowMs: () => number): AsyncGenerator<number, void> {
  const { table } = round;
  for (;;) {
    const after = round.after?.map(sqlValueOf);
    const rows = await readRows(ports, round, after);
    for (const row of rows) {
      yield bytesOf(row);
      if (table === "pieces" && "piece_id" in row) yield* scrubPiece(ports, round, row, nowMs);
      round.rows += 1;
      round.bytes += bytesOf(row);
      round.after = SCRUBBED_TABLES[table].map((column) => keyOf(row[column] ?? null));
    }
    if (rows.length < ROWS_A_PAGE) return;
  }
}

/**
 * A page of rows. Where one of them does not open, all that do, one by one: the keys lie in an index of their own. What
 * is left out is only its keys then.
 */
async function readRows(ports: S3Ports, round: ScrubRound, after: SqlValue[] | undefined): Promise<ScrubbedRow[]> {
  const { table } = round;
  try {
    return await ports.database.read((tx) => rowsToScrub(tx, table, after, ROWS_A_PAGE));
  } catch (thrown) {
    if (!(thrown instanceof StoreDamaged)) throw thrown;
  }
  const keys = await ports.database.read((tx) => keysToScrub(tx, table, after, ROWS_A_PAGE));
  const rows: ScrubbedRow[] = [];
  for (const key of keys) {
    try {
      rows.push((await ports.database.read((tx) => rowToScrub(tx, table, key))) ?? key);
    } catch (thrown) {
      if (!(thrown instanceof StoreDamaged)) throw thrown;
      noteTable(ports, round, thrown);
      rows.push(key);
    }
  }
  return rows;
}

function noteTable(ports: S3Ports, round: ScrubRound, thrown: Error): void {
  const { table } = round;
  ports.log.error("s3.damaged", { table, damage: "changed", reason: thrown.message });
  if (!round.damagedTables.includes(table)) round.damagedTables.push(table);
}

async function* scrubPiece(
  ports: S3Ports,
  round: ScrubRound,
  row: ScrubbedRow,
  nowMs: () => number,
): AsyncGenerator<number, void> {
  const piece = pieceOfRow(row);
  round.pieces += 1;
  let damage: DamageKind | undefined;
  try {
    if (piece.blob === undefined) checkSealed(ports, piece, row["sealed"]);
    else yield* scrubBlob(ports, round, piece, piece.blob);
  } catch (thrown) {
    damage = damageOf(thrown);
    if (damage === undefined) throw thrown;
  }
  await note(ports, piece, damage, round, nowMs());
}

/** What lies in a row was authenticated with its page: left is that it is there, and long enough. */
function checkSealed(ports: S3Ports, piece: Piece, sealed: SqlValue | undefined): void {
  if (!(sealed instanceof Uint8Array) || sealed.length < ports.format.storedBytes(piece.bytes, piece.layers))
    throw new BrokenSeal();
}

async function* scrubBlob(ports: S3Ports, round: ScrubRound, piece: Piece, blob: string): AsyncGenerator<number, void> {
  const reader = await ports.blobs.open(blob);
  try {
    if (reader.bytes < ports.format.storedBytes(piece.bytes, piece.layers)) throw new BrokenSeal();
    const mark = new StoredMark(ports.markKey, utf8(blob));
    for await (const chunk of chunksOf(reader)) {
      mark.update(chunk);
      round.bytes += chunk.length;
      yield chunk.length;
    }
    if (piece.mark === undefined) round.unmarked += 1;
    else if (!equalBytes(mark.end(), piece.mark)) throw new BrokenSeal();
  } finally {
    await reader.close();
  }
}

async function* chunksOf(reader: BlobReader): AsyncGenerator<Buffer, void> {
  const buffer = takeRunBuffer(Math.min(READ_BYTES, reader.bytes));
  for (let at = 0; at < reader.bytes; at += READ_BYTES) {
    const chunk = buffer.subarray(0, Math.min(READ_BYTES, reader.bytes - at));
    await reader.read(at, chunk);
    yield chunk;
  }
  giveRunBuffer(buffer);
}

/** Writes what was found, if it is news. A piece that was replaced meanwhile is nobody's damage. */
async function note(
  ports: S3Ports,
  piece: Piece,
  damage: DamageKind | undefined,
  round: ScrubRound,
  nowMs: number,
): Promise<void> {
  const { bodyId, part, pieceId, blob } = piece;
  const known = await ports.database.read(async (tx) => ({
    stands: await pieceStands(tx, piece),
    isBroken: await isBroken(tx, piece),
  }));
  if (damage === undefined) {
    if (known.isBroken) await ports.database.write((tx) => deleteDamage(tx, piece));
    return;
  }
  if (!known.stands) return;
  round.damaged += 1;
  ports.log.error("s3.damaged", { body: bodyId, part, blob, damage, reason: "found by the scrubber" });
  const found: Damage = { bodyId, part, pieceId, damage, seenMs: nowMs, object: undefined };
  await ports.database.write((tx) => putDamage(tx, found));
}

/** Looks up whose the broken bodies are, in one pass over the objects, if it is not known of all. */
async function* nameDamages(ports: S3Ports): AsyncGenerator<number, void> {
  const damages = await ports.database.read((tx) => selectDamages(tx, MOST_DAMAGES));
  const nameless = new Map<string, Damage[]>();
  for (const damage of damages.filter(({ object }) => object === undefined)) {
    nameless.set(damage.bodyId, [...(nameless.get(damage.bodyId) ?? []), damage]);
  }
  for (const table of ["objects", "versions", "uploads", "annotations"] as const) {
    const columns = SCRUBBED_TABLES[table];
    const idColumn = table === "uploads" ? "id" : "body_id";
    for (let after: readonly SqlValue[] | undefined; nameless.size > 0; ) {
      const rows = await ports.database.read((tx) => rowsToScrub(tx, table, after, ROWS_A_PAGE));
      for (const row of rows) {
        yield bytesOf(row);
        const id = String(row[idColumn]);
        const object = { bucketId: String(row["bucket_id"]), key: Buffer.from(row["key"] as Uint8Array).toString() }; // a BLOB column
        for (const damage of nameless.get(id) ?? [])
          await ports.database.write((tx) => putDamage(tx, { ...damage, object }));
        nameless.delete(id);
        after = columns.map((column) => row[column] ?? null);
      }
      if (rows.length < ROWS_A_PAGE) break;
    }
  }
}

const ROW_OVERHEAD_BYTES = 16;

/** About what a row takes. */
const bytesOf = (row: ScrubbedRow): number =>
  Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === "string" || value instanceof Uint8Array ? value.length : 8),
    ROW_OVERHEAD_BYTES,
  );

const keyOf = (value: SqlValue): ScrubKey =>
  value instanceof Uint8Array
    ? { base64: Buffer.from(value).toString("base64") }
    : typeof value === "string"
      ? value
      : Number(value);

const sqlValueOf = (key: ScrubKey): SqlValue => (typeof key === "object" ? Buffer.from(key.base64, "base64") : key);
