import { needs } from "../../base/index.js";
import { BrokenSeal, type KeyHandle } from "../../crypto/index.js";
import type { PiecePlan } from "./piece-format.js";
import { pieceOwner } from "./piece-format.js";
import type { S3Ports } from "./ports.js";
import type { Span } from "./range.js";
import { type Piece, selectSealed } from "./store.js";

/** Segments read from the disk at once. One run is opened and sent while the next is being read. */
const RUN_SEGMENTS = 16;

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

  constructor(ports: S3Ports, key: KeyHandle, body: BodyOf, pieces: readonly Piece[], span: Span) {
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

async function* readBody(ports: S3Ports, key: KeyHandle, body: BodyOf, spans: readonly PieceSpan[]) {
  for (const { piece, span } of spans) {
    try {
      yield* readPiece(ports, key, body, piece, span);
    } catch (thrown) {
      const isDamaged = thrown instanceof BrokenSeal;
      const event = isDamaged ? "s3.damaged" : "s3.unreadable";
      ports.log.error(event, { bucketId: body.bucketId, body: piece.bodyId, part: piece.part, blob: piece.blob });
      throw thrown;
    }
  }
}

async function* readPiece(ports: S3Ports, key: KeyHandle, body: BodyOf, piece: Piece, span: Span) {
  const plan = ports.format.plan(piece.bytes, span);
  const source = await openStored(ports, piece);
  try {
    const runs = readRuns(source, plan);
    const header = await source.header(plan.headerBytes);
    const open = ports.format.opener(key, pieceOwner(body.bucketId, body.key, piece), header, piece.bytes);
    let skip = plan.skipBytes;
    let left = span.bytes;
    for await (const run of runs) {
      const opened = open(run.firstSegment, run.stored).map((segment) => {
        const bytes = segment.subarray(skip, skip + left);
        skip = 0;
        left -= bytes.length;
        return bytes;
      });
      yield opened;
    }
    needs(left === 0, "the runs of a span hold all of it");
  } finally {
    await source.close();
  }
}

interface Run {
  readonly firstSegment: number;
  readonly stored: Buffer;
}

/** Reads run after run into two buffers in turn, always one ahead of its consumer. */
async function* readRuns(source: Stored, plan: PiecePlan): AsyncGenerator<Run, void, undefined> {
  const runBytes = RUN_SEGMENTS * plan.segmentBytes;
  const end = plan.offset + plan.bytes;
  const buffers = [takeBuffer(Math.min(runBytes, plan.bytes)), takeBuffer(Math.min(runBytes, plan.bytes - runBytes))];
  const read = (index: number): Promise<Buffer> | undefined => {
    const at = plan.offset + index * runBytes;
    if (at >= end) return undefined;
    const into = buffers[index % 2]!.subarray(0, Math.min(runBytes, end - at));
    const reading = source.read(into, at).then(() => into);
    reading.catch(() => {}); // awaited at its turn
    return reading;
  };
  let ahead = read(0);
  try {
    for (let index = 0; ahead; index++) {
      const stored = await ahead;
      ahead = read(index + 1);
      yield { firstSegment: plan.firstSegment + index * RUN_SEGMENTS, stored };
    }
  } finally {
    await ahead?.catch(() => {}); // the buffer may not be lent again while the disk still writes into it
    for (const buffer of buffers) giveBuffer(buffer, runBytes);
  }
}

/** Ciphertext buffers of full runs are used again: a megabyte is dear to allocate for each request. */
const spare: Buffer[] = [];
const MOST_SPARE = 16;

function takeBuffer(bytes: number): Buffer {
  if (bytes <= 0) return Buffer.alloc(0);
  const found = spare[spare.length - 1];
  if (!found || found.length < bytes || bytes * 2 < found.length) return Buffer.allocUnsafeSlow(bytes);
  spare.pop();
  return found;
}

function giveBuffer(buffer: Buffer, runBytes: number): void {
  if (buffer.length >= runBytes && spare.length < MOST_SPARE) spare.push(buffer);
}

/** Stored bytes of a piece, in a blob or in its row. */
interface Stored {
  header(bytes: number): Promise<Buffer>;
  read(into: Buffer, at: number): Promise<void>;
  close(): Promise<void>;
}

async function openStored(ports: S3Ports, piece: Piece): Promise<Stored> {
  if (piece.blob === undefined) return storedInRow(await ports.database.read((tx) => selectSealed(tx, piece)));
  const reader = await ports.blobs.open(piece.blob);
  return {
    async header(bytes) {
      const header = Buffer.alloc(bytes);
      if (bytes > 0) await reader.read(0, header);
      return header;
    },
    read: (into, at) => reader.read(at, into),
    close: () => reader.close(),
  };
}

function storedInRow(sealed: Uint8Array | undefined): Stored {
  if (sealed === undefined) throw new BrokenSeal();
  const bytes = Buffer.from(sealed);
  return {
    header: async (count) => bytes.subarray(0, count),
    async read(into, at) {
      if (bytes.copy(into, 0, at, at + into.length) !== into.length) throw new BrokenSeal();
    },
    close: async () => {},
  };
}
