import { asBuffer } from "../../../base/index.js";
import type { Database, ReadTx, WriteTx } from "../../../store/index.js";
import type { ChecksumAlgorithm } from "../checksums.js";
import type { Layers } from "../piece-format.js";
import { deleteObjectAcl } from "./object-acls.js";

/** A stretch of a body, sealed by itself. Its bytes lie in a blob or, when few, in the row. */
export interface Piece {
  readonly bodyId: string;
  readonly part: number;
  /** Bound into the sealed bytes: a new one for each writing of a part. */
  readonly pieceId: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly blob: string | undefined;
  /** Of the blob's bytes under the house's own key. Blobs of the first releases have none. */
  readonly mark: Uint8Array | undefined;
  /** How often it is sealed. */
  readonly layers: Layers;
  /** The sealed bytes of the row, where they were read with it. */
  readonly held?: Uint8Array;
}

const PIECE_COLUMNS = "body_id, part, piece_id, size, etag, modified_ms, checksum, blob, mark, layers";

/** The pieces of a body after `part`, in order. Their sealed bytes are read one by one with `selectSealed`. */
export async function selectPieces(tx: ReadTx, bodyId: string, afterPart: number, limit: number): Promise<Piece[]> {
  const rows = await tx.all<PieceRow>(
    `SELECT ${PIECE_COLUMNS} FROM pieces WHERE body_id = ? AND part > ? ORDER BY part LIMIT ?`,
    bodyId,
    afterPart,
    limit,
  );
  return rows.map(pieceOf);
}

/** The sealed bytes that lie in the row itself. Undefined: they lie in a blob, or the piece is not there any more. */
export async function selectSealed(tx: ReadTx, piece: Piece): Promise<Uint8Array | undefined> {
  const row = await tx.get<{ sealed: Uint8Array | null }>(
    "SELECT sealed FROM pieces WHERE body_id = ? AND part = ? AND piece_id = ?",
    piece.bodyId,
    piece.part,
    piece.pieceId,
  );
  return row?.sealed ?? undefined;
}

/** What opens a piece whose bytes are at hand, and names it. */
export type NamedPiece = Pick<Piece, "bodyId" | "part" | "pieceId" | "bytes" | "layers" | "blob">;

/** The first piece of a body and its sealed bytes, if they lie in the row. */
export async function selectInlinePiece(
  database: Database,
  bodyId: string,
): Promise<{ readonly piece: NamedPiece; readonly sealed: Buffer } | undefined> {
  const row = database.row<[number, string, number, Layers, Uint8Array | null]>(
    "SELECT part, piece_id, size, layers, sealed FROM pieces WHERE body_id = ? ORDER BY part LIMIT 1",
    bodyId,
  );
  const values = row instanceof Promise ? await row : row;
  if (values === undefined) return undefined;
  const [part, pieceId, size, layers, sealed] = values;
  if (sealed === null) return undefined;
  const piece = { bodyId, part: Number(part), pieceId, bytes: Number(size), layers, blob: undefined };
  return { piece, sealed: asBuffer(sealed) };
}

/** False when it was replaced or deleted since it was looked up. */
export async function pieceStands(tx: ReadTx, piece: NamedPiece): Promise<boolean> {
  const row = await tx.get(
    "SELECT 1 AS found FROM pieces WHERE body_id = ? AND part = ? AND piece_id = ?",
    piece.bodyId,
    piece.part,
    piece.pieceId,
  );
  return row !== undefined;
}

/** Puts a piece in the place of an earlier one of that part. Returns the blob that nobody names any more. */
export async function replacePiece(tx: WriteTx, piece: Piece, sealed: Uint8Array | undefined): Promise<string[]> {
  const before = await tx.get<{ blob: string | null }>(
    "SELECT blob FROM pieces WHERE body_id = ? AND part = ?",
    piece.bodyId,
    piece.part,
  );
  await tx.run("DELETE FROM pieces WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
  await tx.run(
    `INSERT INTO pieces (${PIECE_COLUMNS}, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    piece.bodyId,
    piece.part,
    piece.pieceId,
    piece.bytes,
    piece.etag,
    piece.modifiedMs,
    JSON.stringify(piece.checksum),
    piece.blob ?? null,
    piece.mark ?? null,
    piece.layers,
    sealed ?? null,
  );
  return before?.blob ? [before.blob] : [];
}

export async function deletePieces(tx: WriteTx, bodyId: string): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>(
    "SELECT blob FROM pieces WHERE body_id = ? AND blob IS NOT NULL ORDER BY part LIMIT 10000",
    bodyId,
  );
  await tx.run("DELETE FROM pieces WHERE body_id = ?", bodyId);
  await deleteObjectAcl(tx, bodyId);
  return rows.map((row) => row.blob);
}

export async function deletePiece(tx: WriteTx, piece: Piece): Promise<void> {
  await tx.run("DELETE FROM pieces WHERE body_id = ? AND part = ?", piece.bodyId, piece.part);
}

/** Those of the blobs that no row names, be it to read or to remove them. */
export async function unnamedOf(tx: ReadTx, blobs: readonly string[]): Promise<string[]> {
  const unnamed: string[] = [];
  for (const blob of blobs) {
    const row =
      (await tx.get("SELECT 1 AS found FROM pieces WHERE blob = ? LIMIT 1", blob)) ??
      (await tx.get("SELECT 1 AS found FROM removals WHERE blob = ?", blob));
    if (row === undefined) unnamed.push(blob);
  }
  return unnamed;
}

/** Of a row that was read with all its columns. */
export const pieceOfRow = (row: Readonly<Record<string, unknown>>): Piece => pieceOf(row as unknown as PieceRow); // the table's own columns

interface PieceRow {
  readonly body_id: string;
  readonly part: number;
  readonly piece_id: string;
  readonly size: number;
  readonly etag: string;
  readonly modified_ms: number;
  readonly checksum: string;
  readonly blob: string | null;
  readonly mark: Uint8Array | null;
  readonly layers: Layers;
}

const pieceOf = (row: PieceRow): Piece => ({
  bodyId: row.body_id,
  part: Number(row.part),
  pieceId: row.piece_id,
  bytes: Number(row.size),
  etag: row.etag,
  modifiedMs: Number(row.modified_ms),
  checksum: JSON.parse(row.checksum) as Piece["checksum"], // written by replacePiece
  blob: row.blob ?? undefined,
  mark: row.mark ?? undefined,
  layers: row.layers,
});
