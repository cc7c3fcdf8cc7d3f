import { needs, utf8 } from "../../base/index.js";
import {
  SEALED_SEGMENT_BYTES,
  SegmentOpener,
  SegmentSealer,
  STREAM_HEADER_BYTES,
  sealedStreamBytes,
  segmentRange,
} from "../../crypto/index.js";
import type { PieceOpener, PiecePlan, PieceSealer, TwoKeys } from "./piece-format.js";
import type { Span } from "./range.js";

/** Where a span of a stream lies in its sealed bytes. */
export function segmentPlan(plaintextBytes: number, span: Span): PiecePlan {
  const range = segmentRange(span.first, span.bytes, plaintextBytes);
  return {
    headerBytes: STREAM_HEADER_BYTES,
    segmentBytes: SEALED_SEGMENT_BYTES,
    firstSegment: range.firstSegment,
    offset: range.sealedOffset,
    bytes: range.sealedBytes,
    skipBytes: range.skipBytes,
  };
}

/** What the outer layer belongs to: the piece too, but no stream of one layer opens as one of the other. */
const outerOwner = (owner: Buffer): Buffer => Buffer.concat([owner, utf8("\0layer 2")]);

/** DSSE-KMS: the stream that the inner key seals is the plaintext of the stream that the outer key seals. */
export function twoLayerSealer({ inner, outer }: TwoKeys, owner: Buffer): PieceSealer {
  const first = new SegmentSealer(inner, owner);
  const second = new SegmentSealer(outer, outerOwner(owner));
  const through = (sealed: readonly Uint8Array[]) => sealed.flatMap((bytes) => second.push(bytes));
  return { push: (chunk) => through(first.push(chunk)), end: () => [...through(first.end()), ...second.end()] };
}

/** The inner stream's header lies in the outer stream's first segment, so that segment counts as the header here. */
export function twoLayerPlan(plaintextBytes: number, span: Span): PiecePlan {
  const inner = segmentPlan(plaintextBytes, span);
  const streamBytes = sealedStreamBytes(plaintextBytes);
  const outer = segmentPlan(streamBytes, { first: inner.offset, bytes: inner.bytes });
  const firstSegment = segmentPlan(streamBytes, { first: 0, bytes: 1 });
  return {
    ...outer,
    headerBytes: STREAM_HEADER_BYTES + firstSegment.bytes,
    skipBytes: inner.skipBytes,
    inner: { ...inner, streamBytes, outerSkipBytes: outer.skipBytes },
  };
}

export function twoLayerOpener(
  { inner, outer }: TwoKeys,
  owner: Buffer,
  header: Uint8Array,
  plaintextBytes: number,
  { inner: plan }: PiecePlan,
): PieceOpener {
  needs(plan !== undefined, "two layers are planned as two");
  const outerHeader = header.subarray(0, STREAM_HEADER_BYTES);
  const second = SegmentOpener.of(outer, outerOwner(owner), outerHeader, plan.streamBytes);
  const innerHeader = second.open(0, header.subarray(STREAM_HEADER_BYTES)).subarray(0, STREAM_HEADER_BYTES);
  const first = SegmentOpener.of(inner, owner, innerHeader, plaintextBytes);
  const whole = new WholeSegments(plan);
  return {
    open: (firstSegment, stored) =>
      second
        .openRun(firstSegment, stored)
        .flatMap((bytes) => whole.push(bytes))
        .map(({ index, sealed }) => first.open(index, sealed)),
  };
}

/** Cuts what the outer layer opens to, run after run, into the inner layer's sealed segments. */
class WholeSegments {
  readonly #plan: NonNullable<PiecePlan["inner"]>;
  #held: Buffer = Buffer.alloc(0);
  #skip: number;
  #left: number;
  #index: number;

  constructor(plan: NonNullable<PiecePlan["inner"]>) {
    this.#plan = plan;
    this.#skip = plan.outerSkipBytes;
    this.#left = plan.bytes;
    this.#index = plan.firstSegment;
  }

  push(bytes: Buffer): { index: number; sealed: Buffer }[] {
    this.#held = Buffer.concat([this.#held, bytes.subarray(this.#skip)]);
    this.#skip = 0;
    const whole: { index: number; sealed: Buffer }[] = [];
    for (let next = this.#nextBytes(); next > 0 && this.#held.length >= next; next = this.#nextBytes()) {
      whole.push({ index: this.#index, sealed: this.#held.subarray(0, next) });
      this.#held = this.#held.subarray(next);
      this.#left -= next;
      this.#index += 1;
    }
    return whole;
  }

  /** The last segment of the span may be short; every other has its full length. */
  #nextBytes(): number {
    return Math.min(this.#plan.segmentBytes, this.#left);
  }
}
