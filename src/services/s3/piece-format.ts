import { asBuffer, needs } from "../../base/index.js";
import {
  canonicalContext,
  type KeyHandle,
  type OpeningThread,
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  SegmentOpener,
  SegmentSealer,
  sealedStreamBytes,
} from "../../crypto/index.js";
import type { Span } from "./range.js";
import { isSharedRun, type StoredRun } from "./run-buffers.js";
import { segmentPlan, twoLayerOpener, twoLayerPlan, twoLayerSealer } from "./two-layers.js";

/** How often a body is sealed: twice for DSSE-KMS, under two keys of which neither can be had from the other. */
export type Layers = 1 | 2;

/** What a body is sealed under. */
export type BodyKey = KeyHandle | TwoKeys;

export interface TwoKeys {
  readonly inner: KeyHandle;
  /** Seals what the inner one sealed. */
  readonly outer: KeyHandle;
}

export const isTwoKeys = (key: BodyKey): key is TwoKeys => "outer" in key;
export const layersOf = (key: BodyKey): Layers => (isTwoKeys(key) ? 2 : 1);

/** How a piece lies in its blob or row. The service knows one format, and a bench may take the sealing away. */
export interface PieceFormat {
  sealer(key: BodyKey, owner: Buffer): PieceSealer;
  storedBytes(plaintextBytes: number, layers: Layers): number;
  /** Which stored bytes hold the span; runs of them are opened one after the other. */
  plan(plaintextBytes: number, span: Span, layers: Layers): PiecePlan;
  opener(key: BodyKey, owner: Buffer, header: Uint8Array, plaintextBytes: number, plan: PiecePlan): PieceOpener;
}

export interface PieceSealer {
  push(chunk: Uint8Array): Uint8Array[];
  end(): Uint8Array[];
}

export interface PieceOpener {
  /**
   * Opens stored segments from that index on. Throws BrokenSeal, never gives a wrong byte. `stored` lies in shared
   * memory where the plan says `mayOpenAside`, and stays as it is until the answer is there.
   */
  open(firstSegment: number, stored: StoredRun): Buffer[] | Promise<Buffer[]>;
  close(): void;
}

export interface PiecePlan {
  readonly headerBytes: number;
  readonly segmentBytes: number;
  readonly firstSegment: number;
  readonly offset: number;
  readonly bytes: number;
  /** Bytes to drop from the beginning of the first segment. */
  readonly skipBytes: number;
  /** With two layers: which bytes of what the outer one opens to. */
  readonly inner?: PiecePlan & { readonly streamBytes: number; readonly outerSkipBytes: number };
}

/** What a piece belongs to. Bound into its key, so that no two sealed pieces can stand in for each other. */
export function pieceOwner(
  bucketId: string,
  key: string,
  piece: { readonly bodyId: string; readonly part: number; readonly pieceId: string },
): Buffer {
  needs(piece.pieceId !== "", "a piece is named before it is sealed");
  return canonicalContext({
    service: "s3",
    bucket: bucketId,
    key,
    body: piece.bodyId,
    part: String(piece.part),
    piece: piece.pieceId,
  });
}

/**
 * From here on a piece is worth the two messages a run that a thread costs, if the thread has nothing else to do: one
 * reader gets its bytes sooner, while many readers together keep every core busy anyway.
 */
const ASIDE_BYTES = 64 * SEALED_SEGMENT_BYTES;

export const mayOpenAside = (plan: PiecePlan): boolean => plan.bytes > ASIDE_BYTES;

/** `aside` opens what is long and alone; everything else is opened on the spot. */
export const sealedSegments = (aside?: OpeningThread): PieceFormat => ({
  sealer: (key, owner) => (isTwoKeys(key) ? twoLayerSealer(key, owner) : new SegmentSealer(key, owner)),
  storedBytes: (plaintextBytes, layers) =>
    layers === 1 ? sealedStreamBytes(plaintextBytes) : sealedStreamBytes(sealedStreamBytes(plaintextBytes)),
  plan: (plaintextBytes, span, layers) =>
    layers === 1 ? segmentPlan(plaintextBytes, span) : twoLayerPlan(plaintextBytes, span),
  opener(key, owner, header, plaintextBytes, plan) {
    if (isTwoKeys(key)) return twoLayerOpener(key, owner, header, plaintextBytes, plan);
    if (aside?.isIdle === true && mayOpenAside(plan)) {
      const opener = aside.opener(key, owner, header, plaintextBytes);
      const open = (firstSegment: number, stored: StoredRun) => {
        needs(isSharedRun(stored), "what a thread reads lies in shared memory");
        return opener.openRun(firstSegment, stored);
      };
      return { open, close: () => opener.close() };
    }
    const opener = SegmentOpener.of(key, owner, header, plaintextBytes);
    return { open: (firstSegment, stored) => opener.openRun(firstSegment, stored), close: () => {} };
  },
});

/** For the bench alone, which asks what sealing costs. `openS3` takes it only by its own option. */
export const PLAIN_FOR_BENCH: PieceFormat = {
  sealer: () => ({ push: (chunk) => [Buffer.from(chunk)], end: () => [] }),
  storedBytes: (plaintextBytes) => plaintextBytes,
  plan: (_plaintextBytes, span) => ({
    headerBytes: 0,
    segmentBytes: SEGMENT_BYTES,
    firstSegment: 0,
    offset: span.first,
    bytes: span.bytes,
    skipBytes: 0,
  }),
  opener: () => ({
    open(_firstSegment, stored) {
      const segments: Buffer[] = [];
      for (let at = 0; at < stored.length; at += SEGMENT_BYTES) {
        segments.push(Buffer.from(asBuffer(stored).subarray(at, at + SEGMENT_BYTES)));
      }
      return segments;
    },
    close: () => {},
  }),
};
