import { needs } from "../../base/index.js";
import { tellUnreadable } from "./damage.js";
import type { BodyKey, PieceOpener, PiecePlan } from "./piece-format.js";
import { mayOpenAside, pieceOwner } from "./piece-format.js";
import type { S3Ports } from "./ports.js";
import type { Span } from "./range.js";
import { giveRunBuffer, type StoredRun, takeRunBuffer } from "./run-buffers.js";
import type { Piece } from "./store/index.js";
import { openStored, type Stored } from "./stored-piece.js";

/** Segments read from the disk at once. One run is sent while the next is opened and the one after it read. */
const RUN_SEGMENTS = 8;
/** What fits into two runs is read in one. */
const ONE_RUN_SEGMENTS = 2 * RUN_SEGMENTS;
/** From so many bodies at once on each holds less: the process stays below 200 MiB with 64 of them. */
const MANY_BODIES = 16;
const RUN_SEGMENTS_OF_MANY = 2;
let readers = 0;

export interface BodyOf {
  readonly bucketId: string;
  readonly key: string;
}

/**
 * Gives the span of a body, plaintext, in constant memory. A damaged or missing piece throws and is logged; no byte
 * of a segment is given before all of the segment is authenticated. `ready` opens the first segments, so that a
 * caller can answer an error instead of breaking off; `return` lets go of the files at any time.
 */
export class BodyReader implements AsyncIterableIterator<Buffer> {
  readonly #runs: AsyncGenerator<Buffer[], void, undefined>;
  /** Opened and not given yet, and which of it is next. */
  #opened: readonly Buffer[] = [];
  #next = 0;

  constructor(ports: S3Ports, key: BodyKey, body: BodyOf, pieces: readonly Piece[], span: Span) {
    this.#runs = readBody(ports, key, body, spansOf(pieces, span));
  }

  async ready(): Promise<this> {
    await this.#openRun();
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, void>> {
    if (this.#next === this.#opened.length && !(await this.#openRun())) return { done: true, value: undefined };
    return { done: false, value: this.#opened[this.#next++]! };
  }

  async return(): Promise<IteratorResult<Buffer, void>> {
    this.#opened = [];
    this.#next = 0;
    await this.#runs.return(undefined);
    return { done: true, value: undefined };
  }

  /** False when there is no more. */
  async #openRun(): Promise<boolean> {
    const run = await this.#runs.next();
    this.#opened = run.value ?? [];
    this.#next = 0;
    return !run.done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

interface PieceSpan {
  readonly piece: Piece;
  readonly span: Span;
}

/** Which part of which piece holds the span. */
function spansOf(pieces: readonly Piece[], span: Span): PieceSpan[] {
  const spans: PieceSpan[] = [];
  let start = 0;
  for (const piece of pieces) {
    const first = Math.max(span.first, start) - start;
    const end = Math.min(span.first + span.bytes, start + piece.bytes) - start;
    if (end > first) spans.push({ piece, span: { first, bytes: end - first } });
    start += piece.bytes;
  }
  needs(span.first + span.bytes <= start, "the span lies in the body");
  return spans;
}

async function* readBody(ports: S3Ports, key: BodyKey, body: BodyOf, spans: readonly PieceSpan[]) {
  for (const { piece, span } of spans) {
    try {
      yield* readPiece(ports, key, body, piece, span);
    } catch (thrown) {
      throw await tellUnreadable(ports, body, piece, thrown);
    }
  }
}

async function* readPiece(ports: S3Ports, key: BodyKey, body: BodyOf, piece: Piece, span: Span) {
  const plan = ports.format.plan(piece.bytes, span, piece.layers);
  const source = await openStored(ports, piece);
  try {
    const isBeside = plan.offset === plan.headerBytes;
    const runs = readRuns(source, plan, isBeside ? plan.headerBytes : 0);
    const apart = isBeside ? undefined : await source.header(plan.headerBytes);
    const owner = pieceOwner(body.bucketId, body.key, piece);
    const openerUnder = (header: Buffer) => ports.format.opener(key, owner, apart ?? header, piece.bytes, plan);
    yield* openRuns(runs, openerUnder, plan.skipBytes, span.bytes);
  } finally {
    await source.close();
  }
}

/** Gives each run while the one after it is being opened, if that happens elsewhere. */
async function* openRuns(
  runs: AsyncIterable<Run>,
  openerUnder: (header: Buffer) => PieceOpener,
  skipBytes: number,
  spanBytes: number,
) {
  let skip = skipBytes;
  let left = spanBytes;
  const cut = (segment: Buffer) => {
    const bytes = segment.subarray(skip, skip + left);
    skip = 0;
    left -= bytes.length;
    return bytes;
  };
  let opener: PieceOpener | undefined;
  let before: Buffer[] | undefined;
  try {
    for await (const run of runs) {
      opener ??= openerUnder(run.header);
      const opening = opener.open(run.firstSegment, run.stored);
      if (opening instanceof Promise) {
        opening.catch(() => {}); // awaited below, after what is ready has been given
        if (before !== undefined) yield before;
        before = (await opening).map(cut);
      } else yield opening.map(cut);
    }
    if (before !== undefined) yield before;
  } finally {
    opener?.close();
  }
  needs(left === 0, "the runs of a span hold all of it");
}

interface Run {
  readonly firstSegment: number;
  readonly stored: StoredRun;
  /** What was read with the first run: the bytes before it. */
  readonly header: Buffer;
}

/**
 * Reads run after run into two buffers in turn, always one ahead of its consumer. `headerBytes` before the first are read
 * with it.
 */
async function* readRuns(source: Stored, plan: PiecePlan, headerBytes: number): AsyncGenerator<Run, void, undefined> {
  readers += 1;
  const runSegments = runSegmentsOf(plan);
  const runBytes = runSegments * plan.segmentBytes;
  const end = plan.offset + plan.bytes;
  const isShared = mayOpenAside(plan);
  const lengths = Array.from({ length: Math.min(2, Math.ceil(plan.bytes / runBytes)) }, () =>
    Math.min(runBytes, plan.bytes),
  );
  const buffers = lengths.map((bytes) => takeRunBuffer(headerBytes + bytes, isShared));
  const read = (index: number): Promise<StoredRun> | undefined => {
    const at = plan.offset + index * runBytes;
    if (at >= end) return undefined;
    const from = index === 0 ? 0 : headerBytes;
    const into = buffers[index % 2]!.subarray(from, headerBytes + Math.min(runBytes, end - at));
    const reading = source.read(into, at - headerBytes + from).then(() => into);
    reading.catch(() => {}); // awaited at its turn
    return reading;
  };
  let ahead = read(0);
  try {
    for (let index = 0; ahead; index++) {
      const stored = await ahead;
      ahead = read(index + 1);
      const ownBytes = index === 0 ? headerBytes : 0;
      const header = stored.subarray(0, ownBytes);
      yield { firstSegment: plan.firstSegment + index * runSegments, stored: stored.subarray(ownBytes), header };
    }
  } finally {
    readers -= 1;
    await ahead?.catch(() => {}); // the buffer may not be lent again while the disk still writes into it
    for (const buffer of buffers) giveRunBuffer(buffer, runBytes);
  }
}

function runSegmentsOf({ bytes, segmentBytes }: PiecePlan): number {
  if (readers > MANY_BODIES) return RUN_SEGMENTS_OF_MANY;
  return bytes <= ONE_RUN_SEGMENTS * segmentBytes ? ONE_RUN_SEGMENTS : RUN_SEGMENTS;
}
