import { join } from "node:path";
import { equalBytes, needs, utf8 } from "../base/index.js";
import { BrokenSeal, type SealingKey, type SealMark, sha256 } from "../crypto/index.js";

/**
 * A segment is a header and frames; a frame is a group of records sealed together (docs/formats/audit-segment.md).
 * Each frame names the hash of what stands before it, so nothing can be taken out, put in or moved unseen, and the
 * chain can be checked without the key.
 */
export const SEGMENT_HEADER_BYTES = 48;
export const FRAME_HEADER_BYTES = 40;
export const HASH_BYTES = 32;
/** A group is cut before it grows longer than this; a single record may be longer. */
export const GROUP_BYTES = 1024 * 1024;
export const MOST_FRAME_BYTES = 16 * 1024 * 1024;
/** A segment that is longer is not continued. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

const MAGIC = Buffer.from("SRTRAIL\x01", "latin1");
const LABEL = "strongroom/audit-segment/1";
export const NO_HASH = Buffer.alloc(HASH_BYTES);

/** Where the next frame of a slot goes, or is read from. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
  readonly frame: number;
  /** The hash of all that stands before it. */
  readonly hash: Buffer;
}

export interface Place {
  readonly slot: string;
  readonly segment: number;
}

/** Something other than a torn tail is wrong with the trail. */
export class TrailDamaged extends Error {
  override readonly name = "TrailDamaged";
  readonly place: Place;
  readonly frame: number;

  constructor(place: Place, frame: number, what: string) {
    super(`audit trail damaged: slot ${place.slot}, segment ${place.segment}, frame ${frame}: ${what}`);
    this.place = place;
    this.frame = frame;
  }
}

export const segmentName = (segment: number) => `${String(segment).padStart(10, "0")}.seg`;
export const segmentPath = (folder: string, { slot, segment }: Place) => join(folder, slot, segmentName(segment));

/** The first bytes of a segment: what it is, its number, and the hash that the one before ended with. */
export function segmentHeader(segment: number, before: Buffer): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(segment, 8);
  before.copy(header, 16);
  return header;
}

/** Where the first frame of a segment stands. */
export function firstPosition(segment: number, header: Buffer): Position {
  return { segment, offset: SEGMENT_HEADER_BYTES, frame: 0, hash: sha256(header) };
}

export function isSegmentHeader(header: Buffer, segment: number, before: Buffer): boolean {
  return header.length === SEGMENT_HEADER_BYTES && equalBytes(header, segmentHeader(segment, before));
}

export interface SealedFrame {
  readonly frame: Buffer;
  readonly next: Position;
}

export function sealFrame(key: SealingKey, place: Place, at: Position, records: string): SealedFrame {
  return frameOf(place, at, (aad) => key.seal(utf8(records), aad, FRAME_HEADER_BYTES));
}

/** A frame that was sealed here before, once more and to the byte. */
export function sealFrameAgain(
  key: SealingKey,
  place: Place,
  at: Position,
  mark: SealMark,
  plaintext: Buffer,
): SealedFrame {
  return frameOf(place, at, (aad) => key.sealAgain(mark, plaintext, aad, FRAME_HEADER_BYTES));
}

function frameOf(place: Place, at: Position, seal: (aad: Buffer) => Buffer): SealedFrame {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt32BE(at.frame, 4);
  at.hash.copy(header, 8);
  const frame = seal(frameAad(place, header));
  const sealedBytes = frame.length - FRAME_HEADER_BYTES;
  needs(sealedBytes <= MOST_FRAME_BYTES, "a group of records fits into a frame");
  header.writeUInt32BE(sealedBytes, 0);
  header.copy(frame);
  return { frame, next: after(at, frame) };
}

/** How long the frame that begins here is, header included; undefined when its header is not whole. */
export function frameBytes(bytes: Buffer, offset: number): number | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.length) return undefined;
  return FRAME_HEADER_BYTES + bytes.readUInt32BE(offset);
}

/** The records of one whole frame, as JSON texts. Throws BrokenSeal. */
export function openFrame(key: SealingKey, place: Place, frame: Buffer): string[] {
  return recordsOf(frameText(key, place, frame));
}

/** The same, as they were sealed. Throws BrokenSeal. */
export const frameText = (key: SealingKey, place: Place, frame: Buffer): Buffer =>
  key.open(frame.subarray(FRAME_HEADER_BYTES), frameAad(place, frame));

export const recordsOf = (plaintext: Buffer): string[] => plaintext.toString("utf8").split("\n");

/** Throws BrokenSeal unless this frame follows what is before `at`. */
export function checkFollows(at: Position, frame: Buffer): void {
  if (frame.readUInt32BE(4) !== at.frame) throw new BrokenSeal();
  if (!equalBytes(frame.subarray(8, FRAME_HEADER_BYTES), at.hash)) throw new BrokenSeal();
}

export function after(at: Position, frame: Buffer): Position {
  return { segment: at.segment, offset: at.offset + frame.length, frame: at.frame + 1, hash: sha256(frame) };
}

/** The length is left out: it is not known before sealing, and a wrong one gives other bytes, which do not open. */
function frameAad({ slot, segment }: Place, header: Buffer): Buffer {
  const place = utf8(`${LABEL}\0${slot}\0${segment}\0`);
  return Buffer.concat([place, header.subarray(4, FRAME_HEADER_BYTES)]);
}
