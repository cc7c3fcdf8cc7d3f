import { equalBytes, utf8 } from "../../../base/index.js";
import { BrokenSeal, SEGMENT_BYTES, StoredMark } from "../../../crypto/index.js";
import { tellUnreadable } from "../damage.js";
import { readStored } from "../piece-runs.js";
import type { S3Ports } from "../ports.js";
import { makeRoom } from "../removal-worker.js";
import type { Piece, StoredObject } from "../store/index.js";
import { openStored } from "../stored-piece.js";

/** Where the same sealed bytes lie once more: for a row, or in a flushed blob. */
interface SealedCopy {
  readonly sealed: Buffer | undefined;
  readonly blob: string | undefined;
  readonly mark: Buffer | undefined;
}

/** A piece, byte for byte: no key opens it on its way. What is damaged is told as it is to a reader, and not copied. */
export async function copySealed(ports: S3Ports, object: StoredObject, from: Piece): Promise<SealedCopy> {
  const chunks = storedChunks(ports, object, from);
  if (from.blob !== undefined) return copyBlob(ports, chunks);
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return { sealed: Buffer.concat(copies), blob: undefined, mark: undefined };
}

async function copyBlob(ports: S3Ports, chunks: AsyncIterable<Buffer>): Promise<SealedCopy> {
  const writer = await ports.blobs.create(() => makeRoom(ports));
  const mark = new StoredMark(ports.markKey, utf8(writer.name));
  try {
    for await (const chunk of chunks) {
      mark.update(chunk);
      await writer.write(chunk);
    }
    await writer.commit();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
  return { sealed: undefined, blob: writer.name, mark: mark.end() };
}

/** Each is there until the next is asked for. Throws at the end, if not before, when they are not what was stored. */
async function* storedChunks(ports: S3Ports, object: StoredObject, piece: Piece): AsyncGenerator<Buffer, void> {
  let source: Awaited<ReturnType<typeof openStored>> | undefined;
  try {
    source = await openStored(ports, piece);
    const mark = piece.blob === undefined ? undefined : new StoredMark(ports.markKey, utf8(piece.blob));
    const bytes = ports.format.storedBytes(piece.bytes, piece.layers);
    const all = { headerBytes: 0, segmentBytes: SEGMENT_BYTES, firstSegment: 0, offset: 0, bytes, skipBytes: 0 };
    for await (const { stored } of readStored(source, all)) {
      mark?.update(stored);
      yield stored;
    }
    if (mark && piece.mark && !equalBytes(mark.end(), piece.mark)) throw new BrokenSeal();
  } catch (thrown) {
    throw await tellUnreadable(ports, object, piece, thrown);
  } finally {
    source?.close().catch(() => {}); // what was only read has nothing to lose
  }
}
