import { BrokenSeal } from "../../crypto/index.js";
import { StoreDamaged } from "../../store/index.js";
import type { S3Ports } from "./ports.js";
import { type Piece, selectSealed } from "./store/index.js";

/** Stored bytes of a piece, in a blob or in its row. */
export interface Stored {
  header(bytes: number): Promise<Buffer>;
  read(into: Buffer, at: number): Promise<void>;
  close(): Promise<void>;
}

/** Throws before anything is read when there are more or fewer bytes than the piece's row says. */
export async function openStored(ports: S3Ports, piece: Piece): Promise<Stored> {
  const storedBytes = ports.format.storedBytes(piece.bytes, piece.layers);
  if (piece.blob === undefined) {
    return storedInRow(piece.held ?? (await ports.database.read((tx) => selectSealed(tx, piece))), storedBytes);
  }
  const reader = await ports.blobs.open(piece.blob);
  if (reader.bytes !== storedBytes) {
    await reader.close();
    throw wrongLength(reader.bytes, storedBytes);
  }
  return {
    async header(bytes) {
      const header = Buffer.alloc(bytes);
      if (bytes > 0) await reader.read(0, header);
      return header;
    },
    read: (into, at) => reader.read(at, into),
    close: () => reader.close(),
  };
}

function storedInRow(sealed: Uint8Array | undefined, storedBytes: number): Stored {
  if (sealed === undefined) throw new BrokenSeal();
  if (sealed.length !== storedBytes) throw wrongLength(sealed.length, storedBytes);
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  return {
    header: async (count) => bytes.subarray(0, count),
    async read(into, at) {
      if (bytes.copy(into, 0, at, at + into.length) !== into.length) throw new BrokenSeal();
    },
    close: async () => {},
  };
}

const wrongLength = (found: number, expected: number) =>
  new StoreDamaged(`a piece has ${found} stored bytes instead of ${expected}`);
