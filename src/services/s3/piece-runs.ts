import { SEGMENT_BYTES } from "../../crypto/index.js";
import type { PiecePlan, SegmentReader } from "./piece-format.js";
import type { Span } from "./range.js";
import { giveRunBuffer, lendRun, takeRunBuffer } from "./run-buffers.js";
import type { Stored } from "./stored-piece.js";

/** Segments read at once: a run is sent while the one after it is read. What fits into two runs is read in one. */
const RUN_SEGMENTS = 8;
/** From so many bodies at once on each holds less: the process stays below 200 MiB with 64 of them. */
const MANY_BODIES = 16;
const RUN_SEGMENTS_OF_MANY = 2;
let readers = 0;

/** The span as the reader opens it, run after run, each in memory that is used again when it is let go. */
export async function* readOpened(reader: SegmentReader, plaintextBytes: number, span: Span) {
  const start = span.first - (span.first % SEGMENT_BYTES);
  const spanEnd = span.first + span.bytes;
  const end = Math.min(plaintextBytes, Math.ceil(spanEnd / SEGMENT_BYTES) * SEGMENT_BYTES);
  const read = (at: number, into: Buffer) => reader.read((start + at) / SEGMENT_BYTES, into);
  for await (const { at, bytes, buffer } of runsAhead(end - start, SEGMENT_BYTES, read)) {
    const first = Math.max(0, span.first - start - at);
    yield [lendRun(buffer, first, Math.min(bytes, spanEnd - start - at) - first)];
  }
}

/** Some whole segments as they are stored. */
export interface StoredRun {
  readonly firstSegment: number;
  readonly stored: Buffer;
}

/** Stored segments, run after run; each is there until the next is asked for. */
export async function* readStored(source: Stored, plan: PiecePlan): AsyncGenerator<StoredRun, void, undefined> {
  const read = (at: number, into: Buffer) => source.read(into, plan.offset + at);
  for await (const { at, bytes, buffer } of runsAhead(plan.bytes, plan.segmentBytes, read)) {
    try {
      yield { firstSegment: plan.firstSegment + at / plan.segmentBytes, stored: buffer.subarray(0, bytes) };
    } finally {
      giveRunBuffer(buffer);
    }
  }
}

interface Run {
  readonly at: number;
  readonly bytes: number;
  /** Its taker's. */
  readonly buffer: Buffer;
}

/** Reads so many bytes, run after run and always one ahead of its consumer. */
async function* runsAhead(
  allBytes: number,
  segmentBytes: number,
  fill: (at: number, into: Buffer) => Promise<void>,
): AsyncGenerator<Run, void, undefined> {
  readers += 1;
  const few = allBytes <= 2 * RUN_SEGMENTS * segmentBytes ? 2 * RUN_SEGMENTS : RUN_SEGMENTS;
  const runBytes = segmentBytes * (readers > MANY_BODIES ? RUN_SEGMENTS_OF_MANY : few);
  const read = (at: number): Promise<Run> | undefined => {
    if (at >= allBytes) return undefined;
    const bytes = Math.min(runBytes, allBytes - at);
    const buffer = takeRunBuffer(bytes);
    const reading = fill(at, buffer.subarray(0, bytes)).then(() => ({ at, bytes, buffer }));
    reading.catch(() => giveRunBuffer(buffer)); // told where it is awaited
    return reading;
  };
  let ahead = read(0);
  try {
    while (ahead !== undefined) {
      const run: Run = await ahead;
      ahead = read(run.at + runBytes);
      yield run;
    }
  } finally {
    readers -= 1;
    const unread = await ahead?.catch(() => undefined); // its memory may not be lent again while it is written to
    if (unread !== undefined) giveRunBuffer(unread.buffer);
  }
}
