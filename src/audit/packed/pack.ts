import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { BrokenSeal, type SealingKey, sealMark } from "../../crypto/index.js";
import { breath } from "../breath.js";
import {
  after,
  checkFollows,
  FRAME_HEADER_BYTES,
  firstPosition,
  frameBytes,
  frameText,
  HASH_BYTES,
  isSegmentHeader,
  MOST_FRAME_BYTES,
  type Place,
  type Position,
  SEGMENT_HEADER_BYTES,
  TrailDamaged,
} from "../frame.js";
import type { ReadableSegment } from "../readable-segment.js";
import {
  type BlockEntry,
  blockAad,
  directoryAad,
  encodeBlock,
  encodeDirectory,
  PACKED_HEADER_BYTES,
  type PackedFrame,
  packedHeader,
} from "./format.js";
import { BLOCK_BYTES } from "./packed-segment.js";

const compress = promisify(brotliCompress);

/**
 * Measured over records of KMS (docs/benchmarks.md): level 5 takes another 3 % off and two thirds more time, blocks
 * twice as long another 7 % and make a look-up twice as slow.
 */
const LEVEL = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };

/**
 * The packed form of a closed segment, whose every frame is opened on the way. Compresses beside the event loop, and
 * holds it for one block at a time. Throws TrailDamaged where the segment is not whole.
 */
export async function pack(key: SealingKey, place: Place, segment: ReadableSegment): Promise<Buffer> {
  const header = segment.read(0, SEGMENT_HEADER_BYTES).subarray(0, SEGMENT_HEADER_BYTES);
  const before = header.subarray(SEGMENT_HEADER_BYTES - HASH_BYTES);
  if (!isSegmentHeader(header, place.segment, before)) throw new TrailDamaged(place, 0, "its header is wrong");
  const [entries, sealed]: [BlockEntry[], Buffer[]] = [[], []];
  for (let at = firstPosition(place.segment, header); at.offset < segment.bytes; ) {
    const { frames, next } = gather(key, place, segment, at);
    const plain = encodeBlock({ before: at.hash, frames });
    const block = await compress(plain, { params: { ...LEVEL, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
    const entry = { offset: at.offset, frame: at.frame };
    const one = key.seal(block, blockAad(place, entries.length, entry));
    entries.push({ ...entry, sealedBytes: one.length });
    sealed.push(one);
    at = next;
  }
  return Buffer.concat([headOf(key, place, segment.bytes, before, entries), ...sealed]);
}

function headOf(
  key: SealingKey,
  place: Place,
  segmentBytes: number,
  before: Buffer,
  blocks: readonly BlockEntry[],
): Buffer {
  const header = (directoryBytes: number) => packedHeader({ segment: place.segment, segmentBytes, directoryBytes });
  const aad = directoryAad(place, header(0));
  const head = key.seal(encodeDirectory({ before, blocks }), aad, PACKED_HEADER_BYTES);
  header(head.length - PACKED_HEADER_BYTES).copy(head);
  return head;
}

/** Frames from a position on, until a block is full. */
function gather(key: SealingKey, place: Place, segment: ReadableSegment, from: Position) {
  const frames: PackedFrame[] = [];
  let [at, bytes] = [from, 0];
  while (bytes < BLOCK_BYTES && at.offset < segment.bytes) {
    const frame = frameAt(place, segment, at);
    const plaintext = openNext(key, place, at, frame);
    frames.push({ mark: sealMark(frame.subarray(FRAME_HEADER_BYTES)), plaintext });
    bytes += plaintext.length;
    at = after(at, frame);
  }
  return { frames, next: at };
}

function frameAt(place: Place, segment: ReadableSegment, at: Position): Buffer {
  const length = frameBytes(segment.read(at.offset, FRAME_HEADER_BYTES), 0) ?? 0;
  if (length === 0 || length > MOST_FRAME_BYTES) throw new TrailDamaged(place, at.frame, "its header is wrong");
  const frame = segment.read(at.offset, length);
  if (frame.length < length) throw new TrailDamaged(place, at.frame, "it is cut off");
  return frame;
}

function openNext(key: SealingKey, place: Place, at: Position, frame: Buffer): Buffer {
  try {
    checkFollows(at, frame);
    return frameText(key, place, frame);
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) throw new TrailDamaged(place, at.frame, "it does not open");
    throw thrown;
  }
}

/** Says whether the packed form gives the very bytes that the segment has. Lets others in between blocks. */
export async function isMadeAgain(packed: ReadableSegment, segment: ReadableSegment): Promise<boolean> {
  if (packed.bytes !== segment.bytes) return false;
  for (let at = 0; at < segment.bytes; ) {
    const made = packed.read(at, 1);
    if (made.length === 0 || !made.equals(segment.read(at, made.length))) return false;
    at += made.length;
    await breath();
  }
  return true;
}
