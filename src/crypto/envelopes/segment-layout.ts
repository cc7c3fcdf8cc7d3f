import { needs } from "../../base/index.js";
import { TAG_BYTES } from "../aead.js";

/** Where the bytes of a segmented stream lie. Format: docs/formats/segmented-stream.md. */
export const SEGMENT_BYTES = 64 * 1024;
export const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + TAG_BYTES;
/** Version, salt, nonce prefix. */
export const STREAM_HEADER_BYTES = 1 + 32 + 7;
/** The index of a segment has 32 bits in the nonce. */
const MOST_SEGMENTS = 2 ** 32;

/** Which sealed bytes to read for a range of the plaintext, and what to cut from what they open to. */
export interface SegmentRange {
  readonly firstSegment: number;
  readonly lastSegment: number;
  /** From the beginning of the stream, header included. */
  readonly sealedOffset: number;
  readonly sealedBytes: number;
  /** Bytes before the range in the first opened segment. */
  readonly skipBytes: number;
}

/** An empty plaintext still has one segment, so that an empty stream cannot be told from a cut one by accident. */
export function segmentCount(plaintextBytes: number): number {
  const count = Math.max(1, Math.ceil(plaintextBytes / SEGMENT_BYTES));
  needs(plaintextBytes >= 0 && count <= MOST_SEGMENTS, "a stream has at most 2³² segments");
  return count;
}

/** How long the whole stream is, header included. */
export function sealedStreamBytes(plaintextBytes: number): number {
  return STREAM_HEADER_BYTES + plaintextBytes + segmentCount(plaintextBytes) * TAG_BYTES;
}

export function segmentRange(offset: number, length: number, plaintextBytes: number): SegmentRange {
  needs(offset >= 0 && length >= 0 && offset + length <= plaintextBytes, "a range lies inside the plaintext");
  const firstSegment = Math.min(Math.floor(offset / SEGMENT_BYTES), segmentCount(plaintextBytes) - 1);
  const lastSegment = Math.max(firstSegment, Math.floor((offset + length - 1) / SEGMENT_BYTES));
  const sealedOffset = STREAM_HEADER_BYTES + firstSegment * SEALED_SEGMENT_BYTES;
  const sealedEnd = Math.min(
    STREAM_HEADER_BYTES + (lastSegment + 1) * SEALED_SEGMENT_BYTES,
    sealedStreamBytes(plaintextBytes),
  );
  return {
    firstSegment,
    lastSegment,
    sealedOffset,
    sealedBytes: sealedEnd - sealedOffset,
    skipBytes: offset - firstSegment * SEGMENT_BYTES,
  };
}

/** How many bytes the sealed segment of that index has. */
export function sealedSegmentBytes(index: number, plaintextBytes: number): number {
  return Math.min(SEGMENT_BYTES, plaintextBytes - index * SEGMENT_BYTES) + TAG_BYTES;
}
