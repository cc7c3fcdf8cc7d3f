import { letGo, needs } from "../../base/index.js";
import { tellUnreadable } from "./damage.js";
import { type BodyKey, type BodyOf, type PieceOpener, storedOwner } from "./piece-format.js";
import { readOpened, readStored, type StoredRun } from "./piece-runs.js";
import type { S3Ports } from "./ports.js";
import type { Span } from "./range.js";
import type { Piece } from "./store/index.js";
import { openStored } from "./stored-piece.js";

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
    this.#opened.slice(this.#next).forEach(letGo);
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
  const owner = storedOwner(body, piece);
  const reader = piece.blob && ports.format.reader(key, owner, piece.bytes, ports.blobs, piece.blob);
  if (reader) {
    try {
      return yield* readOpened(reader, piece.bytes, span);
    } finally {
      reader.end();
    }
  }
  const source = await openStored(ports, piece);
  try {
    const plan = ports.format.plan(piece.bytes, span, piece.layers);
    const header = await source.header(plan.headerBytes);
    const opener = ports.format.opener(key, owner, header, piece.bytes, plan);
    yield* openRuns(readStored(source, plan), opener, plan.skipBytes, span.bytes);
  } finally {
    source.close().catch(() => {}); // what was only read has nothing to lose
  }
}

async function* openRuns(runs: AsyncIterable<StoredRun>, opener: PieceOpener, skipBytes: number, spanBytes: number) {
  let skip = skipBytes;
  let left = spanBytes;
  const cut = (segment: Buffer) => {
    const bytes = segment.subarray(skip, skip + left);
    skip = 0;
    left -= bytes.length;
    return bytes;
  };
  for await (const { firstSegment, stored } of runs) yield opener.open(firstSegment, stored).map(cut);
  needs(left === 0, "the runs of a span hold all of it");
}
