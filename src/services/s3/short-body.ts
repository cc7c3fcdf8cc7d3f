import { BrokenSeal } from "../../crypto/index.js";
import { StoreDamaged } from "../../store/index.js";
import { tellUnreadable } from "./damage.js";
import type { StoredBody } from "./object-read.js";
import { type BodyKey, storedOwner } from "./piece-format.js";
import { INLINE_BYTES } from "./piece-writer.js";
import type { S3Ports } from "./ports.js";
import type { Span } from "./range.js";
import { type NamedPiece, selectInlinePiece } from "./store/index.js";

/**
 * The span of a body that lies in its row: one look and one buffer, where a `BodyReader` would take a look for the row and
 * one for its bytes, and a stream for a single piece. Undefined for every other body.
 */
export async function readShortBody(
  ports: S3Ports,
  key: BodyKey,
  object: StoredBody,
  span: Span,
): Promise<Buffer | undefined> {
  if (object.parts > 0 || object.bytes > INLINE_BYTES || span.bytes === 0) return undefined;
  const found = await selectInlinePiece(ports.database, object.bodyId);
  if (found === undefined) return undefined;
  try {
    return opened(ports, key, object, span, found);
  } catch (thrown) {
    throw await tellUnreadable(ports, object, found.piece, thrown);
  }
}

function opened(
  ports: S3Ports,
  key: BodyKey,
  object: StoredBody,
  span: Span,
  { piece, sealed }: { readonly piece: NamedPiece; readonly sealed: Buffer },
): Buffer {
  const storedBytes = ports.format.storedBytes(piece.bytes, piece.layers);
  if (sealed.length !== storedBytes)
    throw new StoreDamaged(`a piece has ${sealed.length} stored bytes instead of ${storedBytes}`);
  const plan = ports.format.plan(piece.bytes, span, piece.layers);
  const header = sealed.subarray(0, plan.headerBytes);
  const stored = sealed.subarray(plan.offset, plan.offset + plan.bytes);
  const [bytes] = ports.format.openOnce(key, storedOwner(object, piece), header, piece.bytes, plan, stored);
  const asked = bytes?.subarray(plan.skipBytes, plan.skipBytes + span.bytes);
  if (asked?.length !== span.bytes) throw new BrokenSeal();
  return asked;
}
