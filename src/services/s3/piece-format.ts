import { needs } from "../../base/index.js";
import {
  canonicalContext,
  type KeyHandle,
  SEGMENT_BYTES,
  SegmentOpener,
  SegmentSealer,
  StreamReader,
  sealedStreamBytes,
} from "../../crypto/index.js";
import type { BlobReader, Blobs } from "../../store/index.js";
import { type ObjectEncryption, originOf } from "./encryption.js";
import type { Span } from "./range.js";
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
  /** The bytes of the plan, where nothing more of the piece is read. Throws BrokenSeal. */
  openOnce(
    key: BodyKey,
    owner: Buffer,
    header: Uint8Array,
    plaintextBytes: number,
    plan: PiecePlan,
    stored: Buffer,
  ): Buffer[];
  /** Where stored bytes can be read and opened at once. The blob is opened with the first read. */
  reader(key: BodyKey, owner: Buffer, plaintextBytes: number, blobs: Blobs, blob: string): SegmentReader | undefined;
}

export interface SegmentReader {
  /**
   * Fills `into`, whole segments or up to the piece's end, with the plaintext from that segment on. One call at a time. Throws
   * BrokenSeal, and then nothing of it is there.
   */
  read(firstSegment: number, into: Buffer): Promise<void>;
  /** Lets go of what is read. */
  end(): void;
}

export interface PieceSealer {
  push(chunk: Uint8Array): Uint8Array[];
  end(): Uint8Array[];
}

export interface PieceOpener {
  /** Opens stored segments from that index on. Throws BrokenSeal, never gives a wrong byte. */
  open(firstSegment: number, stored: Buffer): Buffer[];
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

interface PieceName {
  readonly bodyId: string;
  readonly part: number;
  readonly pieceId: string;
}

/** What an annotation is called, and the body of the version that it belongs to. */
export interface AnnotationPlace {
  readonly parentId: string;
  readonly name: string;
}

/** What a piece belongs to. Bound into its key, so that no two sealed pieces can stand in for each other. */
export function pieceOwner(bucketId: string, key: string, piece: PieceName, annotation?: AnnotationPlace): Buffer {
  needs(piece.pieceId !== "", "a piece is named before it is sealed");
  return canonicalContext({
    service: "s3",
    bucket: bucketId,
    key,
    body: piece.bodyId,
    part: String(piece.part),
    piece: piece.pieceId,
    ...(annotation && { object: annotation.parentId, annotation: annotation.name }),
  });
}

/** Whose pieces are opened. */
export interface BodyOf {
  readonly bucketId: string;
  readonly key: string;
  readonly encryption: ObjectEncryption;
  /** Of an annotation's text. */
  readonly annotation?: AnnotationPlace;
}

/** What a stored piece is bound to: its place or, of a replica under a customer's key, the place of its origin. */
export function storedOwner({ bucketId, key, encryption, annotation }: BodyOf, piece: PieceName): Buffer {
  const { bucketId: bucket, bodyId } = originOf(encryption) ?? { bucketId, bodyId: piece.bodyId };
  return pieceOwner(bucket, key, { ...piece, bodyId }, annotation);
}

export const sealedSegments: PieceFormat = {
  sealer: (key, owner) => (isTwoKeys(key) ? twoLayerSealer(key, owner) : new SegmentSealer(key, owner)),
  storedBytes: (plaintextBytes, layers) =>
    layers === 1 ? sealedStreamBytes(plaintextBytes) : sealedStreamBytes(sealedStreamBytes(plaintextBytes)),
  plan: (plaintextBytes, span, layers) =>
    layers === 1 ? segmentPlan(plaintextBytes, span) : twoLayerPlan(plaintextBytes, span),
  opener(key, owner, header, plaintextBytes, plan) {
    if (isTwoKeys(key)) return twoLayerOpener(key, owner, header, plaintextBytes, plan);
    const opener = SegmentOpener.of(key, owner, header, plaintextBytes);
    return { open: (firstSegment, stored) => opener.openRun(firstSegment, stored) };
  },
  openOnce(key, owner, header, plaintextBytes, plan, stored) {
    if (!isTwoKeys(key)) return SegmentOpener.openOnce(key, owner, header, plaintextBytes, plan.firstSegment, stored);
    return twoLayerOpener(key, owner, header, plaintextBytes, plan).open(plan.firstSegment, stored);
  },
  reader(key, owner, plaintextBytes, blobs, blob) {
    const file = blobs.fileOf?.(blob);
    if (file === undefined || isTwoKeys(key)) return undefined;
    const reader = StreamReader.of(key, owner, plaintextBytes, file.path);
    if (reader === undefined) return undefined;
    return {
      read: (first, into) =>
        reader.read(first, into).catch((thrown: unknown) => {
          throw file.told(thrown);
        }),
      end: () => reader.end(),
    };
  },
};

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
  opener: () => ({ open: (_firstSegment, stored) => [Buffer.from(stored)] }),
  openOnce: (_key, _owner, _header, _plaintextBytes, _plan, stored) => [Buffer.from(stored)],
  reader(_key, _owner, _plaintextBytes, blobs, blob) {
    let opening: Promise<BlobReader> | undefined;
    return {
      async read(firstSegment, into) {
        opening ??= blobs.open(blob);
        await (await opening).read(firstSegment * SEGMENT_BYTES, into);
      },
      end: () => void opening?.then((opened) => opened.close()).catch(() => {}),
    };
  },
};
