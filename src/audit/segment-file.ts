import { closeSync, fstatSync, openSync } from "node:fs";
import type { SealingKey } from "../crypto/index.js";
import {
  FRAME_HEADER_BYTES,
  frameBytes,
  MOST_FRAME_BYTES,
  openFrame,
  type Place,
  segmentPath,
  TrailDamaged,
} from "./frame.js";
import { PACKED_HEADER_BYTES, type PackedHeader, parsePackedHeader } from "./packed/format.js";
import { PackedSegment } from "./packed/packed-segment.js";
import { type ReadableSegment, readAt } from "./readable-segment.js";

const WINDOW_BYTES = 512 * 1024;

/** Throws TrailDamaged when it is missing, or packed and its directory does not open. */
export function openSegment(key: SealingKey, folder: string, place: Place): ReadableSegment {
  const file = openFile(folder, place);
  if (file === undefined) throw new TrailDamaged(place, 0, "the segment is missing");
  try {
    return headerIn(file) === undefined ? new PlainSegment(key, place, file) : new PackedSegment(key, place, file);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
}

/** What can be said of a segment without its key. Undefined when it is missing. */
export function describeSegment(folder: string, place: Place): Pick<ReadableSegment, "isPacked" | "bytes"> | undefined {
  const file = openFile(folder, place);
  if (file === undefined) return undefined;
  try {
    const packed = headerIn(file);
    return { isPacked: packed !== undefined, bytes: packed?.segmentBytes ?? fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

class PlainSegment implements ReadableSegment {
  readonly isPacked = false;
  readonly windowBytes = WINDOW_BYTES;
  readonly #key: SealingKey;
  readonly #place: Place;
  readonly #file: number;

  constructor(key: SealingKey, place: Place, file: number) {
    this.#key = key;
    this.#place = place;
    this.#file = file;
  }

  get bytes(): number {
    return fstatSync(this.#file).size;
  }

  read(offset: number, length: number): Buffer {
    return readAt(this.#file, offset, length);
  }

  recordsAt(start: number): readonly string[] {
    const header = this.read(start, FRAME_HEADER_BYTES);
    const length = frameBytes(header, 0) ?? 0;
    if (length === 0 || length > MOST_FRAME_BYTES)
      throw new TrailDamaged(this.#place, 0, `at byte ${start} there is no frame`);
    return openFrame(this.#key, this.#place, this.read(start, length));
  }

  close(): void {
    closeSync(this.#file);
  }
}

const headerIn = (file: number): PackedHeader | undefined => parsePackedHeader(readAt(file, 0, PACKED_HEADER_BYTES));

function openFile(folder: string, place: Place): number | undefined {
  try {
    return openSync(segmentPath(folder, place), "r");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}
