import { needs, utf8 } from "../../base/index.js";
import type { SealMark } from "../../crypto/index.js";
import { FRAME_HEADER_BYTES, HASH_BYTES, type Place } from "../frame.js";

/**
 * A packed segment (docs/formats/audit-packed.md): the plaintexts of a closed segment's frames, compressed in blocks, and
 * what it takes to make each frame again to the byte. Header, sealed directory, sealed blocks.
 */
export const PACKED_HEADER_BYTES = 20;

const MAGIC = Buffer.from("SRTPACK\x01", "latin1");
const LABEL = "strongroom/audit-packed/1";
/** The header without the directory's length, which is not known before it is sealed. */
const BOUND_BYTES = 16;
const ENTRY_BYTES = 12;
const RUN_BYTES = 24;
const SALT_BYTES = 16;

export interface PackedHeader {
  readonly segment: number;
  /** How long the segment was, and is when it is made again. */
  readonly segmentBytes: number;
  readonly directoryBytes: number;
}

/** Where a block's first frame stands in the segment, its number there, and how long the sealed block is. */
export interface BlockEntry {
  readonly offset: number;
  readonly frame: number;
  readonly sealedBytes: number;
}

export interface Directory {
  /** What the segment before ended with. */
  readonly before: Buffer;
  readonly blocks: readonly BlockEntry[];
}

export interface PackedFrame {
  readonly mark: SealMark;
  readonly plaintext: Buffer;
}

export interface Block {
  /** The chain's hash before the first of its frames. */
  readonly before: Buffer;
  readonly frames: readonly PackedFrame[];
}

export function packedHeader({ segment, segmentBytes, directoryBytes }: PackedHeader): Buffer {
  const header = Buffer.alloc(PACKED_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(segment, 8);
  header.writeUInt32BE(segmentBytes, 12);
  header.writeUInt32BE(directoryBytes, 16);
  return header;
}

/** Undefined for what is no packed segment. */
export function parsePackedHeader(bytes: Buffer): PackedHeader | undefined {
  if (bytes.length < PACKED_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  return {
    segment: bytes.readUInt32BE(8),
    segmentBytes: bytes.readUInt32BE(12),
    directoryBytes: bytes.readUInt32BE(16),
  };
}

export const directoryAad = ({ slot, segment }: Place, header: Buffer): Buffer =>
  Buffer.concat([utf8(`${LABEL}\0${slot}\0${segment}\0directory\0`), header.subarray(0, BOUND_BYTES)]);

export const blockAad = (
  { slot, segment }: Place,
  number: number,
  { offset, frame }: Omit<BlockEntry, "sealedBytes">,
): Buffer => utf8(`${LABEL}\0${slot}\0${segment}\0block\0${number}\0${offset}\0${frame}`);

export function encodeDirectory({ before, blocks }: Directory): Buffer {
  const bytes = Buffer.alloc(HASH_BYTES + blocks.length * ENTRY_BYTES);
  before.copy(bytes);
  for (const [number, { offset, frame, sealedBytes }] of blocks.entries()) {
    const at = HASH_BYTES + number * ENTRY_BYTES;
    bytes.writeUInt32BE(offset, at);
    bytes.writeUInt32BE(frame, at + 4);
    bytes.writeUInt32BE(sealedBytes, at + 8);
  }
  return bytes;
}

export function decodeDirectory(bytes: Buffer): Directory {
  needs((bytes.length - HASH_BYTES) % ENTRY_BYTES === 0, "a directory has whole entries");
  const blocks: BlockEntry[] = [];
  for (let at = HASH_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    blocks.push({
      offset: bytes.readUInt32BE(at),
      frame: bytes.readUInt32BE(at + 4),
      sealedBytes: bytes.readUInt32BE(at + 8),
    });
  }
  return { before: bytes.subarray(0, HASH_BYTES), blocks };
}

interface Run extends SealMark {
  frames: number;
}

/** Hash, number of runs, number of frames; the runs; how long each plaintext is; the plaintexts. */
export function encodeBlock({ before, frames }: Block): Buffer {
  const runs = runsOf(frames);
  const head = Buffer.alloc(HASH_BYTES + 8 + runs.length * RUN_BYTES + frames.length * 4);
  before.copy(head);
  head.writeUInt32BE(runs.length, HASH_BYTES);
  head.writeUInt32BE(frames.length, HASH_BYTES + 4);
  let at = HASH_BYTES + 8;
  for (const run of runs) {
    run.salt.copy(head, at);
    head.writeUInt32BE(run.count, at + SALT_BYTES);
    head.writeUInt32BE(run.frames, at + SALT_BYTES + 4);
    at += RUN_BYTES;
  }
  for (const { plaintext } of frames) at = head.writeUInt32BE(plaintext.length, at);
  return Buffer.concat([head, ...frames.map(({ plaintext }) => plaintext)]);
}

/** A process counts the frames that it seals, so most frames' marks follow from the ones before. */
function runsOf(frames: readonly PackedFrame[]): Run[] {
  const runs: Run[] = [];
  for (const { mark } of frames) {
    const last = runs.at(-1);
    if (last?.salt.equals(mark.salt) && last.count + last.frames === mark.count) last.frames += 1;
    else runs.push({ ...mark, frames: 1 });
  }
  return runs;
}

export function decodeBlock(bytes: Buffer): Block {
  const [runs, count] = [bytes.readUInt32BE(HASH_BYTES), bytes.readUInt32BE(HASH_BYTES + 4)];
  const runsAt = HASH_BYTES + 8;
  const lengthsAt = runsAt + runs * RUN_BYTES;
  const frames: PackedFrame[] = [];
  let at = lengthsAt + count * 4;
  for (let runAt = runsAt; runAt < lengthsAt; runAt += RUN_BYTES) {
    const salt = bytes.subarray(runAt, runAt + SALT_BYTES);
    const first = bytes.readUInt32BE(runAt + SALT_BYTES);
    const ofRun = bytes.readUInt32BE(runAt + SALT_BYTES + 4);
    for (let nth = 0; nth < ofRun; nth += 1) {
      const length = bytes.readUInt32BE(lengthsAt + frames.length * 4);
      frames.push({ mark: { salt, count: first + nth }, plaintext: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  needs(frames.length === count && at === bytes.length, "a block holds what its head says");
  return { before: bytes.subarray(0, HASH_BYTES), frames };
}

/** How long the frame of that plaintext is. */
export const frameBytesOf = (plaintext: Buffer, sealOverhead: number): number =>
  FRAME_HEADER_BYTES + sealOverhead + plaintext.length;
