import { rangeHolds } from "./conditions.js";
import { errors } from "./errors.js";
import type { BodyKey, BodyOf } from "./piece-format.js";
import { BodyReader } from "./piece-reader.js";
import type { S3Ports } from "./ports.js";
import { contentRange, parseRange, type Span, wholeOf } from "./range.js";
import { type Piece, type StoredObject, selectPieces, selectSealed } from "./store/index.js";

const MOST_PIECES = 10_000;

/** What reading needs to know of a body, be it an object's or an annotation's. */
export type StoredBody = Pick<StoredObject, "bodyId" | "bytes" | "parts"> & BodyOf;

/** Which bytes of an object a read asks for, and what the answer says of them. */
export interface Selection {
  readonly span: Span;
  /** Undefined: the whole, answered with 200. */
  readonly contentRange: string | undefined;
  /** Present when a part was asked for by its number. */
  readonly part: Piece | undefined;
}

/** At once, but for a part. */
export function selectBytes(
  ports: S3Ports,
  object: StoredObject,
  {
    Range: range,
    PartNumber: number,
  }: { readonly Range?: string | undefined; readonly PartNumber?: number | undefined },
  ifRange?: string,
): Selection | Promise<Selection> {
  if (number === undefined) {
    const counts = ifRange === undefined || rangeHolds(ifRange, object);
    return bySpan(counts ? parseRange(range, object.bytes) : undefined, object);
  }
  if (range !== undefined)
    throw errors.invalidRequest("Cannot specify both Range header and partNumber query parameter");
  return piecesOf(ports, object).then((pieces) => byPart(pieces, number, object));
}

const bySpan = (span: Span | undefined, object: StoredObject): Selection => ({
  span: span ?? wholeOf(object.bytes),
  contentRange: span && contentRange(span, object.bytes),
  part: undefined,
});

/** An object that was not uploaded in parts is its own part 1. */
function byPart(pieces: readonly Piece[], number: number, object: StoredObject): Selection {
  const at = object.parts === 0 ? (number === 1 ? 0 : -1) : pieces.findIndex((piece) => piece.part === number);
  const part = pieces[at];
  if (!part) throw errors.invalidPartNumber(number, Math.max(object.parts, 1));
  const first = pieces.slice(0, at).reduce((sum, piece) => sum + piece.bytes, 0);
  const span = { first, bytes: part.bytes };
  // No range can be written of an empty part.
  return { span, contentRange: part.bytes > 0 ? contentRange(span, object.bytes) : undefined, part };
}

/**
 * All pieces, read together with what lies in the last one's row: only there an upload's part may be so small. Whatever
 * becomes of the object then, all of its body is there to be read for a while.
 */
export const piecesOf = (ports: S3Ports, object: Pick<StoredBody, "bodyId">): Promise<Piece[]> =>
  ports.database.read(async (tx) => {
    const pieces = await selectPieces(tx, object.bodyId, -1, MOST_PIECES);
    const last = pieces.at(-1);
    if (pieces.length < 2 || last === undefined || last.blob !== undefined) return pieces;
    const held = await selectSealed(tx, last);
    return held === undefined ? pieces : [...pieces.slice(0, -1), { ...last, held }];
  });

/** Opens the body and its first segments, so that what cannot be read is an answer and not a broken connection. */
export async function openBody(ports: S3Ports, key: BodyKey, object: StoredBody, span: Span): Promise<BodyReader> {
  const pieces = await piecesOf(ports, object);
  if (pieces.length === 0) throw errors.slowDown(); // replaced since it was looked up
  return new BodyReader(ports, key, object, pieces, span).ready();
}
