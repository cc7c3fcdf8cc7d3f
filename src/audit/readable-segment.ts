import { readSync } from "node:fs";

/** One segment to read, whether it lies as it was written or packed: the same bytes at the same places. */
export interface ReadableSegment {
  readonly isPacked: boolean;
  /** How long it is. One that is still written grows; a packed one does not, and must be whole. */
  readonly bytes: number;
  /** How much to read at a time when reading on. */
  readonly windowBytes: number;
  /**
   * So many bytes or more; fewer at the end, and before a packed block that is damaged. Throws TrailDamaged where the
   * first of them is.
   */
  read(offset: number, length: number): Buffer;
  /** The records of the frame that begins there. Throws TrailDamaged, BrokenSeal. */
  recordsAt(start: number): readonly string[];
  close(): void;
}

/** Fewer bytes at the file's end. */
export function readAt(file: number, start: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, start));
}
