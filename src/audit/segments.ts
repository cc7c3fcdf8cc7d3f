import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BrokenSeal, type SealingKey } from "../crypto/index.js";
import type { Flushed } from "./flushed-mark.js";
import {
  after,
  checkFollows,
  firstPosition,
  frameBytes,
  isSegmentHeader,
  NO_HASH,
  openFrame,
  type Place,
  type Position,
  SEGMENT_HEADER_BYTES,
  TrailDamaged,
} from "./frame.js";
import { openSegment } from "./segment-file.js";

export interface ReadFrame {
  readonly at: Position;
  readonly records: readonly string[];
}

/** A segment as far as it is whole. */
export interface Walk {
  readonly frames: readonly ReadFrame[];
  /** Where the next frame goes. */
  readonly end: Position;
  /** Bytes behind the end: a torn tail. Zeros that were written ahead do not count. */
  readonly tornBytes: number;
}

/** Slots that have a folder in the trail, in order. */
export function slotsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Numbers of the segments that are there, in order. */
export const segmentNumbers = (folder: string, slot: string): number[] =>
  readdirSync(join(folder, slot))
    .filter((name) => /^\d{10}\.seg$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);

/** Numbers of the slot's segments in order. Throws TrailDamaged when one is missing in between. */
export function segmentsOf(folder: string, slot: string): number[] {
  const numbers = segmentNumbers(folder, slot);
  for (const [index, segment] of numbers.entries()) {
    const expected = (numbers[0] ?? 1) + index;
    if (segment !== expected) throw new TrailDamaged({ slot, segment: expected }, 0, "the segment is missing");
  }
  return numbers;
}

/**
 * Reads the segment from `from` (its beginning, if undefined) as far as it goes. What is known to be flushed must be
 * there and right, and all of it if another segment follows: else TrailDamaged. Behind that, a tail that does not
 * open is torn.
 */
export function walkSegment(
  key: SealingKey,
  folder: string,
  place: Place,
  options: { before?: Buffer; from?: Position; flushed?: Flushed | undefined; isLast?: boolean },
): Walk {
  const { bytes, wholeBytes } = readSegment(key, folder, place);
  const mustReach = wholeBytes ?? (options.isLast === false ? bytes.length : flushedBytes(place, options.flushed));
  const start = options.from ?? startOf(place, bytes, options.before, mustReach);
  if (start === undefined)
    return { frames: [], end: firstPosition(place.segment, Buffer.alloc(0)), tornBytes: bytes.length };
  const frames: ReadFrame[] = [];
  let at = start;
  for (let frame = wholeFrame(bytes, at.offset); frame; frame = wholeFrame(bytes, at.offset)) {
    const records = openNext(key, place, at, frame);
    if (records === undefined) break;
    frames.push({ at, records });
    at = after(at, frame);
  }
  if (at.offset < mustReach) throw new TrailDamaged(place, at.frame, "it does not open, or is cut off");
  return { frames, end: at, tornBytes: tornBytes(bytes, at.offset) };
}

function tornBytes(bytes: Buffer, from: number): number {
  let end = bytes.length;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end - from;
}

/** What is flushed of this segment; the mark may lie in a later one. */
function flushedBytes({ segment }: Place, flushed: Flushed | undefined): number {
  return flushed?.segment === segment ? flushed.offset : 0;
}

/** Undefined: not even the header is whole, and nothing says that it should be. */
function startOf(place: Place, bytes: Buffer, before: Buffer | undefined, mustReach: number): Position | undefined {
  const header = bytes.subarray(0, SEGMENT_HEADER_BYTES);
  const expected = before ?? (place.segment === 1 ? NO_HASH : header.subarray(16));
  if (isSegmentHeader(header, place.segment, expected)) return firstPosition(place.segment, header);
  if (mustReach > 0) throw new TrailDamaged(place, 0, "its header is wrong");
  return undefined;
}

export function wholeFrame(bytes: Buffer, offset: number): Buffer | undefined {
  const length = frameBytes(bytes, offset);
  return length === undefined || offset + length > bytes.length ? undefined : bytes.subarray(offset, offset + length);
}

function openNext(key: SealingKey, place: Place, at: Position, frame: Buffer): string[] | undefined {
  try {
    checkFollows(at, frame);
    return openFrame(key, place, frame);
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) return undefined; // torn or damaged: where it lies tells which
    throw thrown;
  }
}

export interface SegmentBytes {
  readonly bytes: Buffer;
  /** Known of a packed segment alone: `bytes` ends before its first damage. */
  readonly wholeBytes: number | undefined;
}

export function readSegment(key: SealingKey, folder: string, place: Place): SegmentBytes {
  const file = openSegment(key, folder, place);
  try {
    const bytes = file.read(0, file.bytes);
    return { bytes, wholeBytes: file.isPacked ? file.bytes : undefined };
  } finally {
    file.close();
  }
}
